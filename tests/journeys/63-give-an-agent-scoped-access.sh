# Give one agent access to a secret, and no other.
source "$(dirname "$0")/checks.sh"
export ALTER_APP_ID=$(alter apps create --name shop | jq -r .id)
secret=$(printf '%s' sk_live_0123456789 | alter managed-secrets create --name "Stripe" --template stripe --credential-value - | jq -r .id)
alter agents create --name billing > billing.json
alter agents create --name other > other.json

alter managed-secrets grants create "$secret" --principal-type agent --agent-id "$(jq -r .id billing.json)" --label billing > grant.json
grant=$(jq -r .id grant.json)

call() { ALTER_API_KEY=$(jq -r .api_key "$1") alter sdk-passthrough request "$grant" --url "$ALTER_BASE_URL/provider/stripe/v1/charges"; }
call billing.json | holds '.credentials[0].kind == "bearer"'
code=0; call other.json || code=$?
(( code == 4 || code == 7 )) || fail "exit code $code"
alter audit agent "$(jq -r .id billing.json)" --principal-kind agent
# Once the grant is revoked, it is over.
alter managed-secrets grants revoke "$grant" --yes
code=0; call billing.json || code=$?
(( code != 0 )) || fail "a revoked grant still works"
