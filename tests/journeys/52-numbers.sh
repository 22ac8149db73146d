# Numbers: how much is called, how fast, and what fails.
source "$(dirname "$0")/checks.sh"

alter analytics api-calls --granularity week
alter analytics by-provider --start 2026-05-01
alter analytics by-app
alter analytics summary
alter analytics policy --output table
alter analytics latency
alter analytics errors
alter analytics dashboard
alter approvals defaults

alter analytics api-calls --granularity week > weeks
holds '.granularity == "week" and (.series | length <= 6)' weeks
calls=$(jq .totals.total weeks)
# The same calls, counted by week, by provider, by app, and in the log.
is "$(alter analytics by-provider --start 2026-05-01 | jq '[.rows[].total] | add')" "$calls"
is "$(alter analytics by-app | jq '[.rows[].total] | add')" "$calls"
is "$(alter analytics summary | jq .total_calls)" "$calls"
is "$(alter analytics policy | jq '.allow + .deny + .error')" "$calls"
is "$(alter audit list --limit 1 --output json | jq .total)" "$calls"
alter analytics latency | holds '.p50_ms <= .p95_ms and .p95_ms <= .p99_ms'
is "$(alter analytics errors | jq .total)" "$(jq .totals.failure weeks)"
alter approvals defaults | holds '.bounds.expires_in_seconds as $b | .defaults.expires_in_seconds >= $b.min and .defaults.expires_in_seconds <= $b.max'
