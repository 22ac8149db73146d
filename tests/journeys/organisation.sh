#!/usr/bin/env bash
# Prints what an organisation consists of, without ids and times: two that were provisioned alike print the same.
set -euo pipefail

# rows FILTER LIST…: what the filter makes of each row, sorted.
rows() { alter "${@:2}" --output jsonl | jq -c "$1" | sort; }

rows '[.name, .description, .status]' apps list
while read -r app; do
    export ALTER_APP_ID=$app
    alter apps show "$app" | jq -c '["app", .name]'
    rows '["provider", .provider_id, .status, .scopes, .redirect_uris]' providers list
    rows '["key", .name, .scopes]' keys list --status active
    while read -r agent; do
        alter agents show --agent "$agent" | jq -c '["agent", .name, .display_name, .type, .status, .metadata]'
        rows 'select(.revoked_at == null) | "its key"' agents list-keys --agent "$agent"
    done < <(alter agents list --output json | jq -r 'sort_by(.name)[].id')
    while read -r secret; do
        alter managed-secrets show "$secret" | jq -c '["secret", .slug, .name, .template_id, .allowed_hosts, .delegation_policy]'
        rows '["its grant", .label, .principal.type, .status]' managed-secrets grants list "$secret"
    done < <(alter managed-secrets list --output json | jq -r 'sort_by(.slug)[].id')
    rows '["rule", .name, .rule_type, .rule_body, .enabled]' policy show-app
    alter branding get 2>/dev/null | jq -c 'del(.updated_at)' || true
done < <(alter apps list --output json | jq -r 'sort_by(.name)[].id')
