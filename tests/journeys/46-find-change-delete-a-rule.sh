# Find a rule, change it, delete it.
source "$(dirname "$0")/checks.sh"
agent=$(alter agents list --search triage --output json | jq -r '.[0].id')
grant=$(alter grants list --provider google --status active --output json | jq -r '.items[0].id')
made() { echo '{"when": {"method": "DELETE"}, "effect": "deny"}' | alter policy rules create --body - "$@" | jq -r .id; }
of_agent=$(made --agent "$agent") of_grant=$(made --grant "$grant") of_app=$(made) of_google=$(made --provider google)
echo '{"when": {"method": ["PUT", "PATCH"]}, "effect": "deny"}' > new-rule.json

alter policy rules list --agent "$agent" --output json | holds 'any(.id == "'"$of_agent"'")'
alter policy rules list --limit 100 --offset 0
alter policy rules get --rule "$of_grant" --grant "$grant"
alter policy rules update --rule "$of_app" --disable
is "$(alter policy rules get --rule "$of_app" | jq .enabled)" false
alter policy rules update --rule "$of_app" --enable
is "$(alter policy rules get --rule "$of_app" | jq .enabled)" true
alter policy rules update --agent "$agent" --rule "$of_agent" --name "New name" --description "Why"
is "$(alter policy rules get --agent "$agent" --rule "$of_agent" | jq -c '[.name, .description]')" '["New name","Why"]'
alter policy rules update --rule "$of_app" --body @new-rule.json
is "$(alter policy rules get --rule "$of_app" | jq -c .rule_body.when.method)" '["PUT","PATCH"]'
exits 0 answering "[y/N]" y alter policy rules delete --rule "$of_app"
exits 4 alter policy rules get --rule "$of_app"
alter policy rules delete --provider google --rule "$of_google" --yes
exits 4 alter policy rules get --provider google --rule "$of_google"

# Without its target a rule is not found, and the message says what to repeat.
astray=$(exits 4 alter policy rules get --rule "$of_grant" 2>&1)
has "$astray" --grant
