# Prove that nobody touched the audit log.
source "$(dirname "$0")/checks.sh"

# On macOS and BSD: --start $(date -u -v-7d +%Y-%m-%dT%H:%M:%SZ)
alter audit integrity-check --start $(date -u -d '-7 days' +%Y-%m-%dT%H:%M:%SZ) --end $(date -u +%Y-%m-%dT%H:%M:%SZ)

alter audit integrity-check --start $(date -u -d '-7 days' +%Y-%m-%dT%H:%M:%SZ) --end $(date -u +%Y-%m-%dT%H:%M:%SZ) --output json > checked
holds '.ok and ([.tables[].rows_checked] | add > 100) and ([.tables[].mismatches[]] == [])' checked
# At most 90 days.
exits 2 alter audit integrity-check --start $(date -u -d '-91 days' +%Y-%m-%dT%H:%M:%SZ) --end $(date -u +%Y-%m-%dT%H:%M:%SZ)
