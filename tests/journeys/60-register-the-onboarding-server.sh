# Register the onboarding MCP server with the coding agent.
source "$(dirname "$0")/checks.sh"
url=https://mcp.example.com/onboarding
cat > .mcp.json <<'JSON'
{
  "mcpServers": {
    "files": {"command": "files", "args": []}
  },
  "other": [1, 2.50]
}
JSON

alter init --url "$url"
is "$(jq -c .mcpServers .mcp.json)" '{"files":{"command":"files","args":[]},"alter-onboarding":{"type":"http","url":"'"$url"'"}}'
has "$(cat .mcp.json)" '"other": [1, 2.50]'
exits 5 alter init --url "$url"
alter init --client claude --url "$url/2" --name alter-onboarding --dir . --force
is "$(jq -r '.mcpServers["alter-onboarding"].url' .mcp.json)" "$url/2"
alter init --client cursor --url "$url"
is "$(jq -c .mcpServers .cursor/mcp.json)" '{"alter-onboarding":{"type":"http","url":"'"$url"'"}}'
# What comes next is the reader's: restart the client and ask the agent for get_started.
