# Look whether there is room for one more key before minting it.
source "$(dirname "$0")/checks.sh"

alter keys statistics --output table
alter keys statistics

room() { (( $(alter keys statistics | jq '.max_allowed - .active') > 5 )); }
room
for number in {1..43}; do echo "$number"; done |
    xargs -P 4 -I{} alter keys mint --name key-{} --scopes grants:read --secret-file key-{} >/dev/null 2>&1
exits 1 room
is "$(alter keys statistics | jq -c '[.active, .max_allowed]')" "[46,50]"
