# Verify an integration in CI: the job is red on any violation.
source "$(dirname "$0")/checks.sh"
PAT=$ALTER_PAT
unset ALTER_PAT
export CI=true

# actions/checkout@v4
cat > ALTER_INTEGRATION.md <<'DESIGN'
---
goal: backend-secret
runtime_identity: app
key_type: runtime
principals: [system]
providers: [openai]
grant_acquisition: managed-secret-grant
---
DESIGN
cat > index.ts <<'CODE'
import { App, HttpMethod } from "@alter-ai/alter-sdk";

const app = new App({ apiKey: process.env.ALTER_API_KEY! });

export const models = () => app.request(HttpMethod.GET, "https://api.openai.com/v1/models", { provider: "openai" });
CODE
# actions/setup-node@v4 · npm install -g @alter-ai/cli · npm ci, which installs the SDK
cp -r "$journeys/../verify/sdk/script" sdk && mkdir -p node_modules/@alter-ai && mv sdk node_modules/@alter-ai/alter-sdk
# No credential is needed.
alter verify > report
holds '.status == "pass" and .files_scanned == 1' report

# The authenticated part, after a sign-in without questions.
printf '%s' "$PAT" | alter auth login --token-stdin
scopes=$(jq -r '.required_scopes | join(",")' report)
key=$(alter keys mint --name shop --scopes "$scopes" --secret-file shop.key | jq -r .id)
alter verify --key "$key"
narrow=$(alter keys mint --name narrow --scopes agents:read --secret-file narrow.key | jq -r .id)
exits 1 alter verify --key "$narrow" > report
has "$(jq -r '.findings[].message' report)" "alter keys rotate"
grant=$(alter audit list --policy-decision ALLOW --output json | jq -r '[.items[] | select(.grant_id)][0].grant_id')
alter verify --runtime --grant "$grant"

# A violation.
sed -i 's/process.env.ALTER_API_KEY!/"alter_rk_abcdefghijklmnopqrstuv_iwpykn"/' index.ts
exits 1 alter verify > report
holds '.status == "fail" and any(.findings[]; .file == "index.ts" and .line == 3)' report
