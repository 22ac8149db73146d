# A snapshot of an app's rules, for a review or a diff.
source "$(dirname "$0")/checks.sh"
for number in {1..120}; do
    echo '{"when": {"method": "DELETE"}, "effect": "deny"}' | alter policy rules create --body - --name "rule $number"
done > /dev/null

alter policy show-app --output json > app-policy-rules.json

# Full rows of all of them, more than a page.
holds 'length == 122 and all(.rule_type and .rule_body and has("enabled"))' app-policy-rules.json
alter policy show-app --output json | diff - app-policy-rules.json
