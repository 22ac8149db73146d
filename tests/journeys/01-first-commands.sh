# First commands: sign in with the browser, pin an app, and look around.
# portal: --auto-approve
source "$(dirname "$0")/checks.sh"
unset ALTER_PAT
app=$ALTER_APP_ID
unset ALTER_APP_ID
# Opens the page that asks, and presses Authorize.
export BROWSER="$journeys/../../scripts/press-authorize"

# npm install -g @alter-ai/cli is how the product is installed; here it is there already.
alter --version
alter auth login
alter link "$app"
alter apps list
alter keys list
alter audit list --since 24h

[[ $(alter --version) =~ ^alter\ [0-9]+\.[0-9]+ ]] || fail "$(alter --version)"
alter auth status | holds '.source == "file" and (.scopes | index("dashboard_apps:read"))'
is "$(alter link --status --output json | jq -r .app_id)" "$app"
has "$(alter apps list)" "Support Copilot"
has "$(alter keys list)" "alter_rk_"
has "$(alter audit list --since 7d)" "token.retrieved"
