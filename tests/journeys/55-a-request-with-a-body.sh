# Call a provider with a body: a message to Slack.
source "$(dirname "$0")/checks.sh"
# There is no internet here: what is sent to slack.com arrives at the portal's own provider, which answers with what it
# received. Below, without this, it is called by its own address.
source "$journeys/slack.sh"
key=$(alter keys mint --name backend --scopes tokens:retrieve,audit:emit | jq -r .api_key)
grant=$(alter grants list --provider slack --status active --output json | jq -r '.items[0].id')
export ALTER_API_KEY=$key

alter sdk-passthrough request "$grant" --method POST --url https://slack.com/api/chat.postMessage --body '{"channel":"#general","text":"hello"}' > posted
holds '.body == {channel: "#general", text: "hello"} and .method == "POST" and .credentials[0].kind == "bearer"' posted
alter audit list --provider slack --limit 1 --output json |
    holds '.items[0] | .action == "provider.called" and .url == "https://slack.com/api/chat.postMessage" and .response_status == 200 and .policy_decision == "ALLOW"'

alter sdk-passthrough request "$grant" --method POST --url "$ALTER_BASE_URL/provider/slack/api/chat.postMessage" --body '{"channel":"#general","text":"hello"}' > posted
holds '.path == "/provider/slack/api/chat.postMessage"' posted
# A provider's no is exit 1, its answer on stdout all the same.
exits 1 alter sdk-passthrough request "$grant" --url "$ALTER_BASE_URL/provider/slack/api/auth.test?status=401" > refused
holds '.method == "GET"' refused
