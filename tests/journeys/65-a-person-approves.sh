# Have a person approve each write.
source "$(dirname "$0")/checks.sh"
export ALTER_APP_ID=$(alter apps create --name shop | jq -r .id)
grant=$(printf '%s' sk_live_0123456789 | alter managed-secrets create --name "Stripe" --template stripe --credential-value - | jq -r .base_grant.id)
export ALTER_API_KEY=$(alter keys mint --name backend --scopes tokens:retrieve,audit:emit | jq -r .api_key)
call() { alter sdk-passthrough request "$grant" --method "$1" --url "$ALTER_BASE_URL/provider/stripe/v1/charges"; }
call POST

alter approvals defaults
echo '{"effect": "require_approval", "when": {"method": ["POST", "DELETE"]}, "approval": {"approvers": ["lead@acme.com"], "channels": ["email"]}}' |
    alter policy rules create --type require_approval --body - --name "Approve writes" > rule.json

call GET
# A held call needs the proxy; the token alone is not given away.
code=0; held=$(call POST 2>&1) || code=$?
is "$code" 2
has "$held" proxy
alter policy rules update --rule "$(jq -r .id rule.json)" --disable
call POST
