# Rotate a key without downtime.
source "$(dirname "$0")/checks.sh"
key=$(alter keys list --output jsonl | jq -r 'select(.name == "backend") | .id')

alter keys rotate --key "$key" > rotated
# Roll out the new one, and watch until nobody uses the old one; meanwhile both work.
new=$(jq -r .id rotated)
has "$(jq -r .api_key rotated)" alter_rk_
holds '.rotated_from.id == "'"$key"'" and .rotated_from.grace_until > .created_at' rotated
is "$(alter keys show --key "$key" | jq -r .revoked_at)" null
alter keys revoke --key "$key" --yes

is "$(alter keys show --key "$key" | jq '.revoked_at != null')" true
is "$(alter keys show --key "$new" | jq -c '[.revoked_at, has("api_key")]')" '[null,false]'
is "$(alter keys show --key "$new" | jq -c .scopes)" "$(alter keys show --key "$key" | jq -c .scopes)"
