# Stream a day of activity.
source "$(dirname "$0")/checks.sh"

alter audit list --since 24h --output jsonl | jq -c 'select(.action == "token.retrieved")'

alter audit list --since 24h --output jsonl | jq -c 'select(.action == "token.retrieved")' > day
is "$(jq -r .action day | sort -u)" token.retrieved
# It is the day's rows of that action, and all of them; one may have come of age meanwhile.
day_ago=$(date -u -d '-24 hours +1 minute' +%Y-%m-%dT%H:%M:%SZ)
alter audit list --all --output json --action token.retrieved |
    jq -c --arg since "$day_ago" '.[] | select(.created_at >= $since) | .id' > expected
is "$(jq -c --arg since "$day_ago" 'select(.created_at >= $since) | .id' day)" "$(cat expected)"
(( $(wc -l < day) <= $(wc -l < expected) + 1 && $(wc -l < expected) > 10 )) || fail "$(wc -l day expected)"
