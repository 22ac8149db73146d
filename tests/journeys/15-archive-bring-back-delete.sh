# Archive an app, bring it back, delete it by hand and in CI.
source "$(dirname "$0")/checks.sh"
first=$(alter apps create --name "Acme Production" | jq -r .id)
second=$(alter apps create --name "Acme Production" | jq -r .id)

alter apps archive "$first"
# Nothing changes in an archived app.
exits 5 alter keys mint --app "$first" --name late --scopes grants:read
alter apps unarchive "$first"
exits 5 alter apps unarchive "$first"
is "$(alter apps show "$first" | jq -r .status)" active

# By hand it asks for the name; another one is a no.
exits 8 answering "Acme Production" "Acme" alter apps delete "$first"
exits 0 alter apps show "$first"
exits 0 answering "Acme Production" "Acme Production" alter apps delete "$first"
exits 4 alter apps show "$first"

# In CI there is nobody to ask.
exits 2 alter apps delete "$second"
exits 2 alter apps delete "$second" --confirm "Acme production"
alter apps delete "$second" --confirm "Acme Production"
exits 4 alter apps show "$second"
