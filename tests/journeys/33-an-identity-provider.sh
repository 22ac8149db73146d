# Preview what an identity provider's claims would be, then create it.
source "$(dirname "$0")/checks.sh"
# An app of its own for each variant: an app has one identity provider.
app() { alter apps create --name "$1" 2>/dev/null | jq -r .id; }
mkdir -p ~/run/secrets && printf '%s\n' secret-of-the-wallet > ~/run/secrets/idp-client-secret

export ALTER_APP_ID=$(app plain)
alter identity-providers discover --issuer-url https://acme.okta.com > found
holds '.issuer == "https://acme.okta.com" and .provider_type == "okta" and .suggested_claims.user_id' found
alter identity-providers create --issuer-url https://acme.okta.com --user-id-claim sub > created
holds '.issuer == "https://acme.okta.com" and .claims.user_id == "sub" and .wallet_enabled == false' created
exits 5 alter identity-providers create --issuer-url https://acme.okta.com --user-id-claim sub

export ALTER_APP_ID=$(app with-audience)
alter identity-providers create --issuer-url https://acme.okta.com --audience https://api.example.com > created
holds '.audience == "https://api.example.com"' created

export ALTER_APP_ID=$(app with-wallet)
alter identity-providers create --issuer-url https://acme.okta.com --wallet-client-id 0oa1b2c3d4 --wallet-client-secret @"$HOME"/run/secrets/idp-client-secret > created
holds '.wallet_enabled == true' created
lacks "$(cat created)" secret-of-the-wallet
