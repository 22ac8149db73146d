# Change a grant, end it, delete its secret.
# portal: --auto-approve
source "$(dirname "$0")/checks.sh"
secret=$(alter managed-secrets create --name "OpenAI API" --template openai --credential-value sk-proj-0123456789 | jq -r .id)
make() { alter managed-secrets grants create "$secret" --principal-type system --label "$1" | jq -r .id; }
first=$(make one) second=$(make two) third=$(make three)
status() { alter managed-secrets grants list "$secret" --output json | jq -r '.[] | select(.id == "'"$1"'") | .status'; }

alter managed-secrets grants update "$first" --label "renamed" | holds '.label == "renamed"'
exits 8 answering "[y/N]" n alter managed-secrets grants revoke "$first"
is "$(status "$first")" active
exits 0 answering "[y/N]" y alter managed-secrets grants revoke "$first"
is "$(status "$first")" revoked
exits 2 alter managed-secrets grants revoke "$second"
alter managed-secrets grants revoke "$second" --yes
is "$(status "$second")" revoked
# The write scope is enough for it.
page=$(curl -s "$ALTER_BASE_URL/cli/authorize?callback=http%3A%2F%2F127.0.0.1%3A9%2Fcallback&state=s&scopes=dashboard_secrets:write&client=ci&host=ci")
ALTER_PAT=$(grep -o 'alter_pat_[A-Za-z0-9_-]*' <<<"$page" | head -1) alter managed-secrets grants revoke "$third" --yes
is "$(status "$third")" revoked
alter managed-secrets delete "$secret" --confirm openai-api

exits 4 alter managed-secrets show "$secret"
alter grants list --provider openai-api --output json | holds '[.items[] | select(.status == "active")] == []'
