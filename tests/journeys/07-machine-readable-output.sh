# Output for programs: an array, or an object a line.
source "$(dirname "$0")/checks.sh"

alter apps list --output json
alter audit list --since 7d --output jsonl | jq -c 'select(.action == "token.retrieved")'

alter apps list --output json | holds 'type == "array" and length == 2 and .[0].id'
alter audit list --since 7d --output jsonl | jq -c 'select(.action == "token.retrieved")' > retrieved
is "$(wc -l < retrieved)" "$(alter audit list --since 7d --action token.retrieved --output jsonl | wc -l)"
is "$(jq -r .action retrieved | sort -u)" token.retrieved
