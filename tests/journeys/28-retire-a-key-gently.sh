# Retire an agent's key gently: it works on, and says that it is deprecated.
source "$(dirname "$0")/checks.sh"
agent=$(alter agents list --search support-bot --output json | jq -r '.[0].id')
key=$(alter agents mint-key --agent "$agent" | jq -r .key_id)
status() { alter agents list-keys --agent "$agent" --output json | jq -r '.[] | select(.key_id == "'"$key"'") | (.deprecated_at != null), (.revoked_at != null)' | xargs; }

alter agents deprecate-key --agent "$agent" --key "$key"
is "$(status)" "true false"
alter agents undeprecate-key --agent "$agent" --key "$key"
is "$(status)" "false false"
has "$(alter agents list-keys --agent "$agent")" active
