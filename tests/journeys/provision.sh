#!/usr/bin/env bash
# Provisions an organisation with thirty commands. It looks before it makes anything, so it may be ended at any point
# and run again: what is there already stays. Secrets that are shown once go to files in the folder it runs in.
set -euo pipefail

# step WORDS…: a step, tried again when the portal could not be made out (1) or had too much to do (6).
step() {
    local code
    for _ in {1..6}; do
        code=0
        "$@" || code=$?
        ((code == 1 || code == 6)) || return "$code"
    done
    return "$code"
}

# find FILTER LIST…: the id of the row that passes, or nothing.
find() {
    local filter=$1 rows
    shift
    rows=$(alter "$@" --output json) || return
    jq -r "[.[] | select($filter)][0] | .id // .provider_id // empty" <<<"$rows"
}

# unless FILTER LIST… -- WORDS…: the command, unless a row is listed that passes.
unless() {
    local look=() id
    while [[ $1 != -- ]]; do look+=("$1") && shift; done
    id=$(find "${look[@]}") || return
    [[ -n $id ]] || alter "${@:2}"
}

# A key whose secret never reached its file is of no use: it goes, and another one comes.
key() {
    local name=$1 id
    id=$(find ".name == \"$name\"" keys list --status active) || return
    if [[ -z $id || ! -s $name.key ]]; then
        [[ -z $id ]] || alter keys revoke --key "$id" --force --yes || return
        rm -f "$name.key"
        alter keys mint --name "$name" --scopes "$2" --secret-file "$name.key"
    fi
}

# The same for an agent and its key.
agent() {
    local name=$1 id keys key
    id=$(find ".name == \"$name\"" agents list) || return
    if [[ -z $id ]]; then
        rm -f "$name.key"
        alter agents create --name "$name" --type service --secret-file "$name.key"
        return
    fi
    [[ ! -s $name.key ]] || return 0
    rm -f "$name.key"
    keys=$(alter agents list-keys --agent "$id" --output json) || return
    for key in $(jq -r '.[] | select(.revoked_at == null) | .key_id' <<<"$keys"); do
        alter agents revoke-key --agent "$id" --key "$key" --force --yes || return
    done
    alter agents mint-key --agent "$id" --secret-file "$name.key"
}

secret() {
    printf '%s' "$2" | unless ".name == \"$1\"" managed-secrets list -- \
        managed-secrets create --name "$1" --template "$3" --credential-value -
}

grant() {
    unless ".label == \"$2\" and .status == \"active\"" managed-secrets grants list "$1" -- \
        managed-secrets grants create "$1" --label "$2" "${@:3}"
}

rule() {
    printf '%s' "$3" | unless ".name == \"$1\"" policy rules list -- policy rules create --name "$1" --type "$2" --body -
}

# An app has one identity provider, and there is no verb that lists it: a conflict says that it is there.
identity_provider() {
    local code=0
    alter identity-providers create --issuer-url "$1" --user-id-claim sub || code=$?
    ((code == 5)) && return 0 || return "$code"
}

id_of() { step find "$@"; }

exec >/dev/null
unset ALTER_APP_ID
step unless '.name == "Shop"' apps list -- apps create --name Shop
step unless '.name == "Jobs"' apps list -- apps create --name Jobs
ALTER_APP_ID=$(id_of '.name == "Shop"' apps list)
export ALTER_APP_ID
step alter apps update "$ALTER_APP_ID" --description "Sells things"

step unless '.provider_id == "google"' providers list -- providers create --provider google --scopes openid,email \
    --client-id 1234 --client-secret @google.secret --redirect-uri https://shop.example/callback
step unless '.provider_id == "slack"' providers list -- providers create --provider slack --scopes chat:write \
    --client-id 5678 --client-secret @slack.secret --redirect-uri https://shop.example/callback
step alter providers update --provider slack --status disabled
step identity_provider https://acme.okta.com

step secret OpenAI sk-proj-0123456789 openai
step secret Stripe sk_live_0123456789 stripe
step secret "Stripe Test" sk_test_0123456789 stripe
openai=$(id_of '.name == "OpenAI"' managed-secrets list)
stripe=$(id_of '.name == "Stripe"' managed-secrets list)
step alter managed-secrets set-allowed-hosts "$stripe" --host api.stripe.com
step alter managed-secrets set-delegation-policy "$stripe" --allow-group-delegation --max-delegation-ttl-days 30

step agent billing
step agent support
step agent nightly
billing=$(id_of '.name == "billing"' agents list)
support=$(id_of '.name == "support"' agents list)
step alter agents update --agent "$billing" --display-name "Billing" --metadata '{"team": "finance"}'

step key web tokens:retrieve,audit:emit
step key worker tokens:retrieve
step key reports grants:read

step grant "$stripe" for-billing --principal-type agent --agent-id "$billing"
step grant "$openai" for-support --principal-type agent --agent-id "$support"
step grant "$openai" for-all --principal-type system

step rule "Read-only" json_match '{"when": {"method": ["POST", "DELETE"]}, "effect": "deny"}'
step rule "Office only" ip_allowlist '{"allow": ["203.0.113.5", "10.0.0.0/8"]}'
step rule "Business hours" time_window '{"business_hours_only": true, "timezone": "America/New_York"}'
step rule "Approve writes" require_approval '{"effect": "require_approval", "approval": {"channels": ["email"]}}'
step alter branding set --replace --input @branding.json

ALTER_APP_ID=$(id_of '.name == "Jobs"' apps list)
step agent cleaner
step key sweeper tokens:retrieve
step rule "Nothing is deleted" json_match '{"when": {"method": "DELETE"}, "effect": "deny"}'
