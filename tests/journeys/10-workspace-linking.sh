# Pin an app to a folder, and leave --app out below it.
source "$(dirname "$0")/checks.sh"
app=$ALTER_APP_ID
unset ALTER_APP_ID
mkdir -p ~/code/my-product && git init -q ~/code/my-product
exits 2 alter keys list

cd ~/code/my-product
alter link "$app" 2> linked
cat linked >&2
has "$(cat linked)" "pinned app_id=$app in $HOME/code/my-product/.alter/config.yaml"
has "$(cat linked)" "appended \`.alter/\` to .gitignore so the pin isn't committed."
alter keys list
alter agents create --name worker --type service
alter policy show-app
alter link --status
# It holds in every folder below.
mkdir -p src/api && cd src/api
alter agents list --app "$app" --output json | holds 'any(.name == "worker" and .type == "service")'
is "$(alter agents list --output json)" "$(alter agents list --app "$app" --output json)"
is "$(alter link --status --output json | jq -r .app_id)" "$app"
cd ~/code/my-product
is "$(cat .gitignore)" .alter/
alter unlink

exits 4 alter link --status
exits 2 alter keys list
exits 4 alter unlink
