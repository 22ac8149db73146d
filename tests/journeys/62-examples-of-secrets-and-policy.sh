# The single examples of the reference pages on managed secrets and policy.
source "$(dirname "$0")/checks.sh"

alter managed-secrets templates
alter managed-secrets list
secret=$(alter managed-secrets list --output json | jq -r '.[] | select(.slug == "datadog") | .id')
alter managed-secrets show "$secret"
agent=$(alter agents list --search triage --output json | jq -r '.[0].id')
# In the documentation: 2026-12-31T00:00:00Z.
end=$(($(date +%Y) + 1))-12-31T00:00:00Z
alter managed-secrets grants create "$secret" --principal-type agent --agent-id "$agent" --expires-at "$end" > grant
holds '.status == "active" and .principal == {type: "agent", agent_id: "'"$agent"'"} and .grant_policy.expires_at == "'"$end"'"' grant
alter managed-secrets grants list-for-agent "$agent" --output json | holds 'any(.id == "'"$(jq -r .id grant)"'")'

alter policy show-app --app "$ALTER_APP_ID" --output json
rule=$(alter policy show-app --app "$ALTER_APP_ID" --output json | jq -r '.[] | select(.enabled | not) | .id')
alter policy rules update --rule "$rule" --enable
alter policy show-app --app "$ALTER_APP_ID" --output json | holds 'all(.enabled)'
