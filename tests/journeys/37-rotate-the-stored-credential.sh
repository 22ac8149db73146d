# Rotate the credential that is stored: the grants stay.
source "$(dirname "$0")/checks.sh"
NEW_KEY=sk_live_the_new_one_0123456789
secret=$(alter managed-secrets list --output json | jq -r '.[] | select(.slug == "stripe") | .id')
before=$(alter managed-secrets grants list "$secret" --output json)

printf '%s' "$NEW_KEY" | alter managed-secrets rotate "$secret" --credential-value - > rotated

is "$(alter managed-secrets grants list "$secret" --output json)" "$before"
holds '.rotated_at' rotated
lacks "$(cat rotated)" "$NEW_KEY"
