# Make an agent, look at it, rename it, revoke it.
source "$(dirname "$0")/checks.sh"

alter agents create --name nightly-sync --type service --display-name "Nightly Sync" > agent.json
agent=$(jq -r .id agent.json)
has "$(jq -r .api_key agent.json)" alter_
alter agents list --status active --type service
has "$(alter agents list --status active --type service)" nightly-sync
alter agents show --agent "$agent"
alter agents update --agent "$agent" --display-name "Nightly Sync (EU)"
alter agents audit --agent "$agent" --output table
exits 0 answering "[y/N]" y alter agents revoke --agent "$agent"

is "$(alter agents show --agent "$agent" | jq -r '.status, .display_name')" "revoked"$'\n'"Nightly Sync (EU)"
is "$(alter agents audit --agent "$agent" --output jsonl | jq -r .action | xargs)" "agent.revoked agent_key.revoked agent.updated agent_key.minted agent.created"
# Every key of it is dead.
is "$(alter agents list-keys --agent "$agent" --output json | jq -c 'map(.revoked_at != null) | unique')" "[true]"
exits 5 alter agents mint-key --agent "$agent"
