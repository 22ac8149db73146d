# Headless: the PAT comes from the environment.
source "$(dirname "$0")/checks.sh"
PAT=$ALTER_PAT
unset ALTER_PAT

exits 3 alter apps list
export ALTER_PAT="$PAT"
alter apps list

is "$(alter apps list --output json | jq length)" 2
# Nothing is on disk.
is "$(find ~ -type f)" ""
