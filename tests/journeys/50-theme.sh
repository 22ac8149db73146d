# The theme of the pages that users see.
source "$(dirname "$0")/checks.sh"
exits 4 alter branding get
cat > branding.json <<'JSON'
{"logo_url": "https://acme.example/logo.svg", "colors": {"primary": "#3355FF", "text": "#111111", "background": "#FFFFFF"}}
JSON

alter branding set --replace --input @branding.json
alter branding get
is "$(alter branding get | jq -c '[.logo_url, .colors.primary, .font_family]')" '["https://acme.example/logo.svg","#3355FF",null]'
echo '{"font_family": "Inter"}' > branding.json
alter branding set --input @branding.json
is "$(alter branding get | jq -c '[.logo_url, .colors.primary, .font_family]')" '["https://acme.example/logo.svg","#3355FF","Inter"]'
alter branding reset --yes

exits 4 alter branding get
