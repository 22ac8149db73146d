# What the journeys check their end state with; each of them begins by reading this file.
# README.md says how to walk one by hand.
set -euo pipefail

journeys=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Says which line of the journey is not content, and ends it.
fail() {
    local depth=1
    while [[ ${BASH_SOURCE[depth]} == "${BASH_SOURCE[0]}" ]]; do ((++depth)); done
    printf '%s:%s: %s\n' "${BASH_SOURCE[depth]}" "${BASH_LINENO[depth - 1]}" "$*" >&2
    exit 1
}

# is ACTUAL EXPECTED: both texts are the same.
is() {
    [[ $1 == "$2" ]] || fail "is not $(printf '%q' "$2"): $(printf '%q' "$1")"
}

# has TEXT PART: the text has the part in it.
has() {
    [[ $1 == *"$2"* ]] || fail "has no $(printf '%q' "$2") in it: $(printf '%q' "$1")"
}

# lacks TEXT PART: the text does not have the part in it.
lacks() {
    [[ $1 != *"$2"* ]] || fail "has $(printf '%q' "$2") in it: $(printf '%q' "$1")"
}

# exits CODE COMMAND…: the command ends with this code.
exits() {
    local wanted=$1 code=0
    shift
    "$@" || code=$?
    ((code == wanted)) || fail "exit code $code instead of $wanted: $*"
}

# holds FILTER [FILE]: what jq reads is true by this filter.
holds() {
    local json
    json=$(cat "${2:-/dev/stdin}")
    jq --exit-status "$1" <<<"$json" >/dev/null || fail "not so: $1 of $json"
}

# answering QUESTION ANSWER COMMAND…: runs the command on a terminal, where somebody reads the question and types the
# answer.
answering() {
    local question=$1 answer=$2
    shift 2
    jq --null-input --arg question "$question" --arg answer "$answer" \
        '{argv: $ARGS.positional, env: $ENV, cwd: env.PWD, rows: 40, columns: 200, steps: [[$question, $answer + "\n"]]}' \
        --args -- "$@" | python3 -c "$(cat "$journeys/../support/pty.py")"
}
