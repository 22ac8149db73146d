# Validate a design before provisioning what it needs.
source "$(dirname "$0")/checks.sh"
exits 4 alter design validate
cat > ALTER_INTEGRATION.md <<'DESIGN'
---
goal: user-data
runtime_identity: app
key_type: runtime
principals: [user]
providers: [google]
grant_acquisition: browser-consent
idp: jwt-resolution
dashboard_steps: [jwt-resolution]
---
# How the shop reads calendars
DESIGN

# Offline: no portal and no PAT.
env -u ALTER_PAT ALTER_BASE_URL=http://127.0.0.1:9 alter design validate > report
holds '.status == "pass" and .violations == []' report
alter design validate --design ALTER_INTEGRATION.md
alter design validate --remote --app "$ALTER_APP_ID"

# The portal knows whether each provider is configured.
sed -i 's/google/zoom/' ALTER_INTEGRATION.md
alter design validate
exits 1 alter design validate --remote > report
holds '.violations[0].message | contains("zoom")' report
sed -i 's/key_type: runtime/key_type: agent/' ALTER_INTEGRATION.md
exits 1 alter design validate > report
holds '.status == "fail" and .violations[0].line == 4' report
