# Is everything wired as it should be?
source "$(dirname "$0")/checks.sh"

alter doctor
alter doctor --app "$ALTER_APP_ID" --dir . --output json > rows
holds 'map(.check) | contains(["auth", "app", "providers", "keys", "grants", "secrets", "portal", "clock", "store"])' rows
holds 'all((.status == "ok" or .status == "skip") or (.fix | length > 0))' rows
holds 'all(.status != "fail")' rows
# No OAuth provider at all is no failure.
bare=$(alter apps create --name bare | jq -r .id)
alter doctor --app "$bare" --output json | holds 'any(.check == "providers" and .status == "ok")'
# A fault is exit 1, and the other checks are made all the same.
exits 1 alter doctor --app 00000000-0000-4000-8000-000000000000 --output json > rows
holds 'any(.check == "app" and .status == "fail") and any(.check == "auth" and .status == "ok")' rows
exits 1 env ALTER_PAT=alter_pat_demo_expired_0000000000000000000000000000 alter doctor --output json > rows
holds 'any(.check == "auth" and .status == "fail" and (.fix | contains("ALTER_PAT")))' rows
