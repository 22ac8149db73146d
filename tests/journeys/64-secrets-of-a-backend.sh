# A backend's secret from storing it to rotating it: grant, call, look, forbid, explain, rotate.
source "$(dirname "$0")/checks.sh"
export ALTER_APP_ID=$(alter apps create --name shop | jq -r .id)
printf '%s' sk_live_old_0123456789 | alter managed-secrets create --name "Stripe" --template stripe --credential-value - > secret.json
secret=$(jq -r .id secret.json) grant=$(jq -r .base_grant.id secret.json)
export ALTER_API_KEY=$(alter keys mint --name backend --scopes tokens:retrieve,audit:emit | jq -r .api_key)

call() { alter sdk-passthrough request "$grant" --method "$1" --url "$ALTER_BASE_URL/provider/stripe/v1/charges"; }
old=$(call GET | jq -r '.credentials[0].sha256')
alter audit list --app "$ALTER_APP_ID" --output json | holds '.items[0] | .action == "provider.called" and .response_status == 200'

# A rule forbids it from now on, and the log says why.
echo '{"when": {"method": ["DELETE"]}, "effect": "deny"}' | alter policy rules create --body - --name "Nothing is deleted"
code=0; call DELETE || code=$?
is "$code" 7
trace=$(alter audit list --app "$ALTER_APP_ID" --policy-decision DENY --output json | jq -r '.items[0].trace_id')
alter audit explain "$trace" | holds '.fix | contains("alter policy rules get")'

printf '%s' sk_live_new_0123456789 | alter managed-secrets rotate "$secret" --credential-value -
new=$(call GET | jq -r '.credentials[0].sha256')
[[ $new != "$old" ]] || fail "the old credential is still in use"
# The whole digest is longer than what the provider shows of it.
has "$(printf '%s' sk_live_new_0123456789 | sha256sum)" "$new"
