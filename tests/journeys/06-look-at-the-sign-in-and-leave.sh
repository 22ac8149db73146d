# Look at the sign-in, then leave.
source "$(dirname "$0")/checks.sh"
PAT=$ALTER_PAT
unset ALTER_PAT
echo "$PAT" | alter auth login --token-stdin

alter auth status
alter pats whoami
holds '.name == "ready" and (.scopes | length > 20) and has("expires_at")' < <(alter auth status)
# Each look is a use of its own.
is "$(alter auth status | jq -S 'del(.last_used_at)')" "$(alter pats whoami | jq -S 'del(.last_used_at)')"
alter auth logout

exits 3 alter apps list
is "$(alter auth list --output json)" "[]"
# The PAT itself is as good as before.
ALTER_PAT=$PAT alter apps list
