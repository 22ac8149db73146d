# Does this app exist? A script goes by the exit code.
# portal: --auto-approve
source "$(dirname "$0")/checks.sh"

app_exists() {
    set +e
    alter apps show "$APP_ID" --output json > /dev/null 2>&1
    status=$?
    case $status in
        0) echo "app exists" ;;
        4) echo "app not found" ;;
        7) echo "PAT lacks dashboard_apps:read" ;;
        *) exit 1 ;;
    esac
}

is "$(APP_ID=$ALTER_APP_ID app_exists)" "app exists"
is "$(APP_ID=00000000-0000-4000-8000-000000000000 app_exists)" "app not found"
# A PAT with other scopes, as the dashboard gives it.
page=$(curl -s "$ALTER_BASE_URL/cli/authorize?callback=http%3A%2F%2F127.0.0.1%3A9%2Fcallback&state=s&scopes=dashboard_keys:read&client=ci&host=ci")
narrow=$(grep -o 'alter_pat_[A-Za-z0-9_-]*' <<<"$page" | head -1)
is "$(APP_ID=$ALTER_APP_ID ALTER_PAT=$narrow app_exists)" "PAT lacks dashboard_apps:read"
exits 1 env ALTER_BASE_URL=http://127.0.0.1:9 bash -c "$(declare -f app_exists); APP_ID=$ALTER_APP_ID app_exists"
