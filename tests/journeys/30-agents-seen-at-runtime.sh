# Agents as the audit log has seen them at work.
source "$(dirname "$0")/checks.sh"

alter agents registry-list
actor=$(alter agents registry-list --output json | jq -r '.[0].actor_id')
alter agents registry-show --agent "$actor"

alter agents registry-show --agent "$actor" | holds '.actor_id == "'"$actor"'" and .calls_30d > 0 and .last_activity_at'
alter agents registry-show --agent "$actor" > entry
is "$(jq .calls_30d entry)" "$(alter audit list --app "$ALTER_APP_ID" --actor "$actor" --since 30d --limit 1 --output json | jq .total)"
exits 4 alter agents registry-show --agent nobody
