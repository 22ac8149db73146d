# Output for programs: an array, or an object a line.
source "$(dirname "$0")/checks.sh"

alter apps list --output json
alter audit list --since 7d --output jsonl | jq -c 'select(.action == "token.retrieved")'

alter apps list --output json | holds 'type == "array" and length == 2 and .[0].id'
# The same start for both: a week ago is later for the second than for the first.
start=$(date -u -d '7 days ago' +%Y-%m-%dT%H:%M:%SZ)
alter audit list --start "$start" --output jsonl | jq -c 'select(.action == "token.retrieved")' > retrieved
is "$(wc -l < retrieved)" "$(alter audit list --start "$start" --action token.retrieved --output jsonl | wc -l)"
is "$(jq -r .action retrieved | sort -u)" token.retrieved
