# A key for a CI job, which dies by itself.
source "$(dirname "$0")/checks.sh"

alter keys mint --name ci-deploy --scopes grants:read,agents:read --expires-in 1h > key

holds '.scopes == ["grants:read", "agents:read"] and (.api_key | startswith("alter_rk_"))' key
left=$(( $(date -d "$(jq -r .expires_at key)" +%s) - $(date +%s) ))
(( left > 3500 && left <= 3600 )) || fail "expires in $left s"
