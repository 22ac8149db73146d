# Enable a webhook, look at it, rotate its secret, disable it.
source "$(dirname "$0")/checks.sh"
export ALTER_APP_ID=$(alter apps create --name shop | jq -r .id)
id=$(alter identity-providers create --issuer-url https://acme.okta.com | jq -r .id)
mkdir -p ~/run/secrets && printf '%s\n' a-signing-secret-from-okta-0123456789 > ~/run/secrets/whsec

alter identity-providers webhook enable --provider "$id" --secret @"$HOME"/run/secrets/whsec > enabled
holds '.enabled and (.secret | length > 10)' enabled
alter identity-providers webhook status  --provider "$id" > status
holds '.enabled and (has("secret") | not)' status
exits 0 answering "[y/N]" y alter identity-providers webhook rotate  --provider "$id" > rotated
has "$(cat rotated)" '"secret"'
holds '.rotated_at' <<<"$(alter identity-providers webhook status --provider "$id")"
exits 0 answering "[y/N]" y alter identity-providers webhook disable --provider "$id"

alter identity-providers webhook status --provider "$id" | holds '.enabled == false'
