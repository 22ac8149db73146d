# Fifteen tasks of operators and CI authors, each in one command.
source "$(dirname "$0")/checks.sh"

# Sign in without a browser.
printf '%s' "$ALTER_PAT" > pat.txt
env -u ALTER_PAT alter auth login --token-stdin < pat.txt 2>/dev/null | holds '.name == "ready"'

# Which app has this key? Nobody knows which app it is; a whole key is cut to what is not secret.
key=$(alter keys mint --name leaked --scopes tokens:retrieve --secret-file leaked.key | jq -r .id)
found=$(env -u ALTER_APP_ID alter keys list --prefix "$(cat leaked.key)" --output csv --fields app_id,id 2> warned)
is "$found" "$(printf 'app_id,id\r\n%s,%s\r' "$ALTER_APP_ID" "$key")"
has "$(cat warned)" "was a whole key"
lacks "$(cat warned)" "$(tail -c 20 leaked.key)"

# End a leaked key now.
alter keys rotate --key "$key" --overlap-days 0 --secret-file next.key 2> said
has "$(cat said)" "The old key no longer works."
alter keys show --key "$key" --output jsonl | holds '.expires_at <= (now | todate)'
next=$(alter keys list --prefix "$(head -c 16 next.key)" --output jsonl | jq -r .id)
alter keys rotate --key "$next" --secret-file last.key 2> said
has "$(cat said)" "to end it now: alter keys revoke --app $ALTER_APP_ID --key $next --yes"
has "$(alter keys list --output csv --fields id,expires_at | tr -d '\r')" "$next,$(date -u -d '+7 days' +%Y-%m-%d)"

# A group's access to a secret for seven days.
secret=$(alter managed-secrets list --output jsonl | jq -r 'select(.slug == "stripe") | .id')
alter managed-secrets grants create "$secret" --principal-type group --idp-id 1d900000-0001-4000-8000-000000000000 --external-group-id 00gsupport01 --label week --expires-in 7d |
    holds ".grant_policy.expires_at[:10] == \"$(date -u -d '+7 days' +%Y-%m-%d)\""

# Yesterday's denied calls, and why.
alter audit list --since 7d --policy-decision DENY --output csv --fields time,actor,provider,trace > denied.csv
is "$(head -1 denied.csv)" "$(printf 'created_at,actor,provider_id,trace_id\r')"
alter audit explain --since 7d | holds '.outcome != "success"'
alter audit explain "$(sed -n 2p denied.csv | tr -d "\r" | cut -d , -f 4)" > why
has "$(jq -r .cause why)" "the policy denied the call: rule "
has "$(jq -r .fix why)" "alter policy rules get --app $ALTER_APP_ID --rule "
eval "$(jq -r .fix why)" | holds '.name != null'

# A grant outside Berlin's business hours; a wrong body is answered with a right one.
grant=$(alter grants list --status active --limit 1 --output jsonl | jq -r .id)
body='{"business_hours_only":true,"timezone":"Europe/Berlin"}'
alter policy rules create --help | grep -qF -- "--body '$body'" || fail "the help has no body of a time window"
exits 2 alter policy rules create --grant "$grant" --type time_window --body '{"hours":9}' 2> said
has "$(cat said)" "$body"
alter policy rules create --grant "$grant" --type time_window --body "$body" | holds '.rule_type == "time_window"'

# Agents without keys.
agent=$(alter agents create --name keyless --secret-file agent.key | jq -r '.id + " " + .key_id')
alter agents revoke-key --agent "${agent% *}" --key "${agent#* }" --force --yes > revoked

has "$(alter agents list --without-keys)" keyless
lacks "$(alter agents list --without-keys)" support-bot

# Clerk, with its webhook.
app=$(alter apps create --name Clerked | jq -r .id)
idp=$(alter identity-providers create --app "$app" --issuer-url https://acme.clerk.accounts.dev | jq -r .id)
printf whsec_0123456789abcdef0123456789abcdef | alter identity-providers webhook enable --app "$app" --provider "$idp" --secret - | holds .enabled

# Expired grants, revoked in bulk.
alter grants list --status expired --output jsonl | jq -r .id | xargs -r -n 1 alter grants revoke --yes --grant > revoked
is "$(alter grants list --status expired --output jsonl)" ""

# The audit log for an auditor, and that nobody changed it.
alter audit list --output csv > audit.csv
(( $(wc -l < audit.csv) > 200 )) || fail "only $(wc -l < audit.csv) lines"
alter audit integrity-check --start "$(date -u -d '-30 days' +%Y-%m-%d)" --end "$(date -u +%Y-%m-%dT%H:%M:%SZ)" | holds .ok

# A job that may run twice makes one app.
for _ in 1 2; do
    job=$(alter apps list --name Nightly --output jsonl | jq -r .id)
    [[ -n $job ]] || job=$(alter apps create --name Nightly | jq -r .id)
done
is "$(alter apps list --name Nightly --output jsonl | wc -l)" 1
alter apps create --name Nightly 2>&1 >/dev/null | grep -qF "another app of this name: $job" || fail "a second app of one name is not told"

# An app, deleted safely.
alter apps delete "$app" --confirm Clerked --dry-run | holds '.method == "DELETE"'
exits 2 alter apps delete "$app" --confirm Clerk
alter apps delete "$app" --confirm Clerked | holds .deleted

# The pin of an app that is gone leads on to what removes it.
alter link "$app"
exits 4 env -u ALTER_APP_ID alter keys list 2> said
has "$(cat said)" "fix: alter unlink"
alter unlink

# What this PAT may do.
alter auth status --output csv --fields scopes | grep -q dashboard_audit:read || fail "no scopes"

# Branding from a file; without the @ the fix has it.
echo '{"logo_url":"https://acme.example/logo.png","colors":{"primary":"#112233","text":"#000000","background":"#ffffff"}}' > brand.json
exits 2 alter branding set --replace --input brand.json 2> said
has "$(cat said)" "--input @brand.json"
alter branding set --replace --input @brand.json | holds '.colors.primary == "#112233"'

# Completion in zsh.
alter completion install zsh 2>&1 | grep -q site-functions/_alter || fail "nothing is installed"
has "$(alter __complete zsh keys mint --scopes tok)" tokens:retrieve
