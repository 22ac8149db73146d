# Provision a backend credential in CI.
source "$(dirname "$0")/checks.sh"
export ALTER_APP_ID=$(alter apps create --name shop | jq -r .id)
OPENAI_KEY=sk-proj-0123456789abcdef

printf '%s' "$OPENAI_KEY" | alter managed-secrets create --name "OpenAI" --template openai --credential-value - > created

holds '.slug == "openai" and .template_id == "openai" and .base_grant.principal.type == "system"' created
lacks "$(cat created)" "$OPENAI_KEY"
id=$(jq -r .id created)
is "$(alter managed-secrets grants list "$id" --output json | jq -r '.[].id')" "$(jq -r .base_grant.id created)"
has "$(alter managed-secrets show "$id" | jq -c .allowed_hosts)" api.openai.com
# A second one of the name gets a slug of its own.
printf '%s' "$OPENAI_KEY" | alter managed-secrets create --name "OpenAI" --template openai --credential-value - | holds '.slug == "openai-2"'
