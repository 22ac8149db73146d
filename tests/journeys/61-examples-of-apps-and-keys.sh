# The single examples of the reference pages on apps, keys and agents.
source "$(dirname "$0")/checks.sh"
unset ALTER_APP_ID

app=$(alter apps create --name "Acme Production" --description "Customer-facing app" | jq -r .id)
alter apps show "$app"
alter apps update "$app" --description "Renamed for Q3"
is "$(alter apps show "$app" | jq -r .description)" "Renamed for Q3"

alter link "$app"
alter keys mint --name "prod-worker" --scopes grants:read,agents:read --expires-in 90d > minted
key=$(jq -r .id minted)
alter keys list --status active
is "$(alter keys list --status active --output json | jq -r '.[].id')" "$key"
alter keys show --key "$key"
alter keys rename --key "$key" --name "prod-worker-east"
is "$(alter keys show --key "$key" | jq -r .name)" prod-worker-east
alter keys revoke --key "$key" --yes --force
is "$(alter keys list --status active --output json)" "[]"
is "$(alter keys list --status revoked --output json | jq -r '.[].id')" "$key"

# The other kinds of keys: one that agents share, and one of an agent's own.
alter keys mint --key-type agent --name "agents-east" --scopes grants:read > minted
holds '.key_type == "ak" and (.api_key | startswith("alter_ak_"))' minted
agent=$(alter agents create --name worker | jq -r .id)
second=$(alter agents mint-key --agent "$agent" | jq -r .key_id)
exits 0 answering "[y/N]" y alter agents revoke-key --agent "$agent" --key "$second"
alter agents list-keys --agent "$agent" --output json | holds 'length == 2 and ([.[] | select(.revoked_at)] | length == 1)'

app=$(alter apps list --output json | jq -r '.[] | select(.name == "Support Copilot") | .id')
# On macOS and BSD: --start $(date -u -v-24H +%Y-%m-%dT%H:%M:%SZ)
alter audit traces --app "$app" --start $(date -u -d '-24 hours' +%Y-%m-%dT%H:%M:%SZ)
alter audit traces --app "$app" --start $(date -u -d '-24 hours' +%Y-%m-%dT%H:%M:%SZ) --output json | holds '.total > 0 and all(.items[]; .app_id == "'"$app"'")'
