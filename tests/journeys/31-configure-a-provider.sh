# Configure a provider, its secret from a file, as a CI job can.
source "$(dirname "$0")/checks.sh"
alter link "$(alter apps create --name shop | jq -r .id)"
unset ALTER_APP_ID
mkdir -p ~/run/secrets # /run/secrets in a container
printf '%s\n' GOCSPX-secret-of-google > ~/run/secrets/google

alter providers create --provider google --scopes openid,email --client-id 1234.apps.googleusercontent.com --client-secret @"$HOME"/run/secrets/google --redirect-uri https://app.example.com/oauth/callback > created

holds '.provider_id == "google" and .scopes == ["openid", "email"] and .status == "active"' created
lacks "$(cat created)" GOCSPX
alter providers list-catalog
alter providers list
alter providers show --provider google
has "$(alter providers list)" google
is "$(alter providers show --provider google | jq -c .redirect_uris)" '["https://app.example.com/oauth/callback"]'
exits 0 answering "[y/N]" y alter providers delete --provider google
exits 4 alter providers show --provider google

# Without openid the portal does not take it.
refused=$(exits 2 alter providers create --provider google --scopes email --client-id 1234.apps.googleusercontent.com --client-secret @"$HOME"/run/secrets/google --redirect-uri https://app.example.com/oauth/callback 2>&1)
has "$refused" openid
# More scopes.
alter providers create --provider google --scopes openid,email,https://www.googleapis.com/auth/calendar.readonly --client-id 1234.apps.googleusercontent.com --client-secret @"$HOME"/run/secrets/google --redirect-uri https://app.example.com/oauth/callback
is "$(alter providers list --output json | jq -c '.[0].scopes')" '["openid","email","https://www.googleapis.com/auth/calendar.readonly"]'
