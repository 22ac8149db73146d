# What happened to OAuth grants in a month.
source "$(dirname "$0")/checks.sh"

# On macOS and BSD: --start $(date -u -v-30d +%Y-%m-%dT%H:%M:%SZ)
alter audit grant-events --grant-type oauth --start $(date -u -d '-30 days' +%Y-%m-%dT%H:%M:%SZ)

alter audit grant-events --grant-type oauth --start $(date -u -d '-30 days' +%Y-%m-%dT%H:%M:%SZ) --output json > events
holds '.total > 0 and ([.items[].grant_type] | unique == ["oauth"])' events
holds '.items[0] | .event and .grant_id and .actor_source' events
grant=$(alter grants list --provider google --status active --output json | jq -r '.items[0].id')
alter grants revoke --grant "$grant" --reason "left the team" --yes
alter audit grant-events --grant-type oauth --start $(date -u -d '-30 days' +%Y-%m-%dT%H:%M:%SZ) --output json |
    holds '.items[0] | .event == "grant.revoked" and .grant_id == "'"$grant"'" and .actor_source == "pat" and .reason == "left the team"'
