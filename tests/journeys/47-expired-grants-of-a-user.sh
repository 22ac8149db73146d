# The grants of a user that have expired.
source "$(dirname "$0")/checks.sh"
app=$ALTER_APP_ID
user=$(alter end-users list --search chloe --output json | jq -r '.[0].id')

alter grants list --app "$app" --app-user "$user" --status expired
alter grants list --app "$app" --status active
alter grants list --app "$app" --provider google --output jsonl

has "$(alter grants list --app "$app" --app-user "$user" --status expired)" chloe@northwind.example
alter grants list --app "$app" --app-user "$user" --status expired --output json | holds '.total == 1 and .items[0].provider_id == "slack"'
alter grants list --app "$app" --status active --output json | holds '.total > 5 and ([.items[].status] | unique == ["active"])'
is "$(alter grants list --app "$app" --provider google --output jsonl | jq -r .provider_id | sort -u)" google
