# Provision an app in CI and pin it.
# portal: --seed empty
source "$(dirname "$0")/checks.sh"
unset ALTER_APP_ID
export CI=true

APP_ID=$(alter apps create --name "ci-staging" --output json | jq -r '.id')
alter link "$APP_ID"

# Later steps need no --app.
is "$(alter keys list --output json)" "[]"
alter keys mint --name worker --scopes grants:read > key.json
is "$(alter keys list --output json | jq -r '.[].id')" "$(jq -r .id key.json)"
is "$(alter apps list --output json | jq -r '.[] | .name, .id')" "ci-staging"$'\n'"$APP_ID"
