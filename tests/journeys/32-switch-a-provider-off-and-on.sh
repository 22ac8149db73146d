# Switch a provider off and on again.
source "$(dirname "$0")/checks.sh"
before=$(alter providers show --provider google | jq -S 'del(.updated_at)')

alter providers update --provider google --status disabled 2> warned
has "$(cat warned)" disabled
is "$(alter providers show --provider google | jq -r .status)" disabled
alter providers update --provider google --status active

is "$(alter providers show --provider google | jq -S 'del(.updated_at)')" "$before"
