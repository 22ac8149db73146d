# Set up an app from nothing: provider, secret, identity provider, key.
# portal: --seed empty
source "$(dirname "$0")/checks.sh"
unset ALTER_APP_ID
alter link "$(alter apps create --name "Acme Production" --description "Customer-facing app" | jq -r .id)"

printf '%s' GOCSPX-secret-of-google |
    alter providers create --provider google --scopes openid,email --client-id 1234.apps.googleusercontent.com --client-secret - --redirect-uri https://app.example.com/oauth/callback
printf '%s' sk-proj-0123456789 | alter managed-secrets create --name "OpenAI" --template openai --credential-value -
alter identity-providers create --issuer-url https://acme.okta.com --user-id-claim sub
alter keys mint --name backend --scopes tokens:retrieve,audit:emit --expires-in 90d --secret-file backend.key

alter doctor --output json > rows
is "$(jq -r '[.[].status] | unique | join(" ")' rows)" "ok skip"
is "$(stat -c %a backend.key)" 600
is "$(alter audit portal-actions --output jsonl | jq -r .action | tac | xargs)" "app.created provider.created managed_secret.created grant.created identity_provider.created key.minted"
