# The threads of an app, and everything in one of them.
source "$(dirname "$0")/checks.sh"
app=$ALTER_APP_ID

alter audit threads --app "$app"
thread=$(alter audit threads --app "$app" --output json | jq -r '.items[0].thread_id')
alter audit thread "$thread"

alter audit thread "$thread" > whole
holds '.thread_id == "'"$thread"'" and .trace_count == (.traces | length)' whole
holds '.event_count == ([.traces[].events[]] | length)' whole
# The log has the same rows.
is "$(alter audit list --output jsonl | jq -r 'select(.thread_id == "'"$thread"'") | .id' | sort)" "$(jq -r '.traces[].events[].id' whole | sort)"
