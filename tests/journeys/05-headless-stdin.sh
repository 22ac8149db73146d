# Headless: the PAT comes through a pipe.
source "$(dirname "$0")/checks.sh"
PAT=$ALTER_PAT
unset ALTER_PAT

echo "$PAT" | alter auth login --token-stdin

alter auth status | holds '.source == "file" and .name == "ready"'
is "$(alter apps list --output json | jq length)" 2
