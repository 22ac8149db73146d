# Narrow or widen what a session may do.
# portal: --auto-approve
source "$(dirname "$0")/checks.sh"
unset ALTER_PAT
export BROWSER="$journeys/../../scripts/press-authorize"

alter auth login --scopes dashboard_apps:read,dashboard_keys:read

# The stored PAT may do this and no more.
alter apps list
alter keys list
exits 7 alter agents list
has "$(exits 0 alter auth status 2>&1)" dashboard_pats:read

alter auth login --scopes dashboard_keys:admin,dashboard_apps:delete

# --scopes replaces what a session has; --add-scopes adds to the default.
exits 7 alter apps list
exits 7 alter agents list

# A mistyped scope fails before the browser opens.
export BROWSER=false
mistyped=$(exits 2 alter auth login --scopes dashboard_aps:read 2>&1)
has "$mistyped" dashboard_aps:read
lacks "$mistyped" /cli/authorize
