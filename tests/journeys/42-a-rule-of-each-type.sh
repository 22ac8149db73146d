# A policy rule of each type.
source "$(dirname "$0")/checks.sh"
export ALTER_APP_ID=$(alter apps create --name shop | jq -r .id)
agent=$(alter agents create --name worker | jq -r .id)
alter providers create --provider google --scopes openid --client-id 1234 --client-secret GOCSPX-1 --redirect-uri https://app.example.com/oauth/callback
echo '{"when": {"method": "PATCH"}, "effect": "deny"}' > rule.json

echo '{"when": {"method": ["POST", "DELETE"]}, "effect": "deny"}' | alter policy rules create --body - --name "Read-only app"
alter policy rules create --agent "$agent" --body @rule.json --disabled
echo '{"when": {"method": "DELETE"}, "effect": "deny"}' | alter policy rules create --provider google --body -
echo '{"allow": ["203.0.113.5", "10.0.0.0/8"]}' | alter policy rules create --type ip_allowlist --body - --name "Office egress only"
echo '{"business_hours_only": true, "weekdays_only": true, "timezone": "America/New_York"}' | alter policy rules create --type time_window --body - --name "Business hours"
echo '{"effect": "require_approval", "when": {"method": ["POST", "DELETE"]}, "approval": {"approvers": ["lead@acme.com"], "channels": ["email"]}}' | alter policy rules create --type require_approval --body - --name "Approve writes"

is "$(alter policy show-app --output json | jq -c 'map([.rule_type, .name, .enabled]) | sort')" '[["ip_allowlist","Office egress only",true],["json_match","Read-only app",true],["require_approval","Approve writes",true],["time_window","Business hours",true]]'
alter policy rules list --agent "$agent" --output json | holds 'length == 1 and .[0].rule_type == "json_match" and .[0].enabled == false'
alter policy rules list --provider google --output json | holds 'length == 1 and .[0].target == {kind: "provider", id: "google"}'
