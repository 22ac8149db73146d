# Find an end user.
source "$(dirname "$0")/checks.sh"

# In the documentation: alice@example.com.
alter end-users list --search ana@northwind.example
user=$(alter end-users list --search ana@northwind.example --output json | jq -r '.[].id')
alter end-users show --user "$user"

# Where they come from, their groups, their grants.
alter end-users show --user "$user" | holds '.email == "ana@northwind.example" and .idp_id and (.groups | length > 0) and .grant_count == 2'
