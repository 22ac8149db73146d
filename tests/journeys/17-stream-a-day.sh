# Stream a day of activity.
source "$(dirname "$0")/checks.sh"

alter audit list --since 24h --output jsonl | jq -c 'select(.action == "token.retrieved")'

alter audit list --since 24h --output jsonl | jq -c 'select(.action == "token.retrieved")' > day
is "$(jq -r .action day | sort -u)" token.retrieved
is "$(wc -l < day)" "$(alter audit list --since 24h --action token.retrieved --limit 1 --output json | jq .total)"
oldest=$(jq -r .created_at day | sort | head -1)
[[ $oldest > $(date -u -d '-24 hours -1 minute' +%Y-%m-%dT%H:%M:%SZ) ]] || fail "$oldest is older than a day"
