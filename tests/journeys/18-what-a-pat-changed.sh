# What tokens, such as that of the command line, changed in a week.
source "$(dirname "$0")/checks.sh"
alter apps create --name audited
alter keys mint --name audited --scopes grants:read --secret-file key

# On macOS and BSD: --start $(date -u -v-7d +%Y-%m-%dT%H:%M:%SZ)
alter audit portal-actions --principal-kind pat --start $(date -u -d '-7 days' +%Y-%m-%dT%H:%M:%SZ)

alter audit portal-actions --principal-kind pat --start $(date -u -d '-7 days' +%Y-%m-%dT%H:%M:%SZ) --output json > actions
holds '[.items[] | .action] | .[0:2] == ["key.minted", "app.created"]' actions
holds '[.items[] | .principal_kind] | unique == ["pat"]' actions
