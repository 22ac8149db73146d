# Pick whom to grant a secret to.
source "$(dirname "$0")/checks.sh"

alter managed-secrets users --search ana
idp=$(alter managed-secrets users --search ana --output json | jq -r '.[0].idp_id')
alter managed-secrets groups list --idp "$idp"
group=$(alter managed-secrets groups list --idp "$idp" --output json | jq -r '.[] | select(.name == "Support") | .id')
alter managed-secrets groups show "$group" > group.json

# What was found serves to create grants.
user=$(alter managed-secrets users --search ana --output json | jq -r '.[0].id')
secret=$(alter managed-secrets list --output json | jq -r '.[] | select(.slug == "datadog") | .id')
alter managed-secrets grants create "$secret" --principal-type user --app-user-id "$user" --label ana | holds '.status == "active"'
alter managed-secrets grants create "$secret" --principal-type group --idp-id "$idp" --external-group-id "$(jq -r .external_group_id group.json)" --label support-team | holds '.principal.type == "group"'
alter managed-secrets groups show "$group" | holds '.grants.total == '"$(( $(jq .grants.total group.json) + 1 ))"
alter managed-secrets access "$secret" --output json | holds 'any(.entries[]; .path == "direct" and .principal.name == "ana@northwind.example" or .principal.name == "Ana Ruiz")'
