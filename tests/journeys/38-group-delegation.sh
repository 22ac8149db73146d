# Let a group's members delegate, for 30 days at most; then no more.
source "$(dirname "$0")/checks.sh"
secret=$(alter managed-secrets list --output json | jq -r '.[] | select(.slug == "stripe") | .id')
policy() { alter managed-secrets show "$secret" | jq -c '.delegation_policy | [.allow_group_delegation, .max_delegation_ttl_days]'; }

alter managed-secrets set-delegation-policy "$secret" --allow-group-delegation --max-delegation-ttl-days 30
is "$(policy)" '[true,30]'
alter managed-secrets set-delegation-policy "$secret" 2> warned
is "$(policy)" '[false,90]'
has "$(cat warned)" --allow-group-delegation
