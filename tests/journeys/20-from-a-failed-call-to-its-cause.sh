# From a failed call to its cause and its fix.
source "$(dirname "$0")/checks.sh"

# What the error of the SDK names; here the log names it.
trace=$(alter audit list --policy-decision DENY --limit 1 --output json | jq -r '.items[0].trace_id')
alter audit explain "$trace"

alter audit explain "$trace" | holds '.trace_id == "'"$trace"'" and (.fix | contains("alter policy "))'
# Every failed call has one fix, and what it names is a command.
alter audit list --since 7d --output jsonl | jq -r 'select(.outcome != "success") | .trace_id' | sort -u > failed
while read -r trace; do
    fix=$(alter audit explain "$trace" | jq -r '.fix')
    [[ -n $fix && $fix != null ]] || fail "no fix for $trace"
    if [[ $fix =~ alter( [a-z-]+)+ ]]; then read -ra words <<<"${BASH_REMATCH[0]}"; exits 0 "${words[@]:0:3}" --help >/dev/null; fi
done < failed
(( $(wc -l < failed) > 3 )) || fail "only $(wc -l < failed) failed calls"
exits 4 alter audit explain 00000000-0000-4000-8000-000000000000
