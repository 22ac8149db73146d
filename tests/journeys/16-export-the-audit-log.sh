# Export the audit log: every row of it, however many pages.
source "$(dirname "$0")/checks.sh"

alter audit list --since 30d --output jsonl > audit.ndjson

total=$(alter audit list --since 30d --limit 1 --output json | jq .total)
(( total > 200 )) || fail "only $total rows"
is "$(wc -l < audit.ndjson)" "$total"
is "$(jq -r .id audit.ndjson | sort -u | wc -l)" "$total"
# Newest first.
is "$(jq -r .created_at audit.ndjson)" "$(jq -r .created_at audit.ndjson | sort -r)"
