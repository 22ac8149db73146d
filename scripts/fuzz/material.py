"""What fuzzed cases are made of: words, texts, answers of a portal and files, all drawn from one random generator."""

import json
import shlex

# The PAT and the runtime key of every case, a secret of the person's that some cases hand over, and a provider's token.
# A part of them is as bad as the whole, so they say their marks over and over.
PAT_MARK, KEY_MARK, CLIENT_MARK, TOKEN_MARK = b"MARKEDpat", b"abcdefghijkl", b"MARKEDclient", b"MARKEDtoken"
RUNTIME_KEY = "alter_rk_abcdefghijklmnopqrstuv_iwpykn"
TOKEN = "gho_" + 3 * TOKEN_MARK.decode()
PAT = "alter_pat_" + 4 * PAT_MARK.decode()
CLIENT_SECRET = "sk_live_" + 3 * CLIENT_MARK.decode()
SECRETS = {PAT_MARK: PAT, KEY_MARK: RUNTIME_KEY, CLIENT_MARK: CLIENT_SECRET, TOKEN_MARK: TOKEN}
ID = "a1a1a1a1-0001-4000-8000-000000000001"

WORDS = [
    "", "-", "--", "---", "=", "--=", "-=x", "\n", "\t", "\x1b[2J", "\u202e", "\u200b", "é", "猫" * 50, "💥", "a" * 300, "../x", "%00",
    "0", "1", "-1", "99999999999999999999", "1000", "1e9", "24h", "0s", "9999999999w", "2026-02-30", "2026-11-23",
    "9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00", "10.0.0.0/8", "::/0", "10.0.0.0/+8", "@", "@/", "@nope",
    "@/dev/null", "{}", "[]", '{"a":', '{"name":"x","scopes":["*"]}', "null", "json", "jsonl", "table", "a,b,,c",
    "tokens:retrieve", "*", "alter_rk_x", "help", "GET", "/apps", "api/v1/apps", ID, "@rule.json", "@body.json", "https://x.example/%zz",
    "http://[::1", "https://user:word@x.example", "user", "agent", "Basic {username}", "[" * 500, '{"a":' * 500, "@secret.txt",
]
TEXTS = [
    "", "x", "\x1b]0;x\x07", "\u202e\u200b", "\x9b", "猫猫", "e" + "\u0301" * 200, "a" * 5000, PAT, CLIENT_SECRET, RUNTIME_KEY, TOKEN, "alter_rk_" * 40,
    "$(touch x)", "'; x", "2026-11-23T10:04:31Z", "9999-12-31T23:59:59-01:00", "active", "\ufe0f\u115f\u3164", ID, "0", "-1",
    "https://x.example/a?b=c", "10.0.0.0/8", "99999999999999999999999999", "\u0000", "ALLOW", "user-data", "json_match",
]
KEYS = [
    "id", "name", "status", "api_key", "secret", "items", "total", "has_more", "limit", "offset", "stats", "scopes", "created_at",
    "expires_at", "revoked_at", "error", "message", "details", "detail", "missing", "key_prefix", "organization", "user", "email",
    "key_id", "slug", "principal", "grant_policy", "series", "totals", "rows", "by_status", "by_provider", "events", "traces", "tables",
    "mismatches", "policy_decision", "reason", "rule_body", "rule_type", "target", "kind", "members", "grants", "entries", "counts", "path",
    "enabled", "colors", "defaults", "bounds", "wallet_verification", "suggested_claims", "breaking_changes", "base_grant", "bucket",
    "success", "failure", "keys", "display_name", "last_used_at", "truncated", "is_truncated", "rules", "app_id", "trace_id", "created_by",
]
BODIES = [
    '{"when":{"method":["PUT","POST"]},"effect":"deny"}', '{"allow":["10.0.0.0/8","2001:db8::/32"]}',
    '{"effect":"deny","window":{"days":"weekdays","hours":"business","timezone":"Europe/Vienna"}}',
    '{"effect":"require_approval","approval":{"approvers":[{"type":"email","email":"a@x.example"}],"expires_in_seconds":60}}',
    '{"when":{"scope":{"tool.name":["x"]},"client_ip":"192.0.2.1"},"effect":"deny"}',
]
RULE_TYPES = ["json_match", "ip_allowlist", "time_window", "require_approval"]
DESIGN = """---
goal: user-data
runtime_identity: app # a server
key_type: 'runtime'
principals: [user]
providers:
  - google
  - {id: slack, principals: [agent, "system"]}
grant_acquisition: browser-consent
idp: jwt-resolution
dashboard_steps:
  - Set up jwt-resolution
---
# How it works
"""
SOURCES = {
    "app.py": 'from alter_sdk import AsyncAlter as A, Provider\nimport os, slack_sdk as s\n\nclient = A(api_key=os.environ["K"])\n'
              "async def f(x):\n    '''doc'''\n    return await client.request(Provider.GITHUB, f\"{x!r:>{3}}\", user_token=x)  # why\n",
    "app.ts": 'import { Alter, type Provider } from "@alter-ai/alter-sdk";\nconst a = new Alter({ apiKey: `x${1 + {a: "}"}.a}` });\n'
              "/* c */ const re = /[/\"]+/g; await a.request({ provider: 'github', headers: { ...h } });\n",
    "package.json": '{"dependencies":{"@alter-ai/alter-sdk":"^1.0.0"}}',
    "requirements.txt": "alter-sdk>=0.1\n-r other.txt\n",
}
FILES = {
    "secret.txt": CLIENT_SECRET, "f": CLIENT_SECRET, "openai.key": CLIENT_SECRET, "whsec": CLIENT_SECRET, "google.secret": CLIENT_SECRET,
    "aws.json": json.dumps({"access_key_id": "a", "secret_access_key": CLIENT_SECRET}), "app.json": '{"name":"x"}',
    "scopes.json": '{"google":["openid"]}', "colors.json": '{"colors":{"primary":"#000000"}}', "branding.json": '{"logo_url":"https://x.example"}',
    "rule.json": BODIES[0], "deny-writes.json": BODIES[0], "body.json": "{}",
}


def value(rng, depth=0):
    """A JSON value of any kind."""
    kind = rng.randrange(8 if depth < 4 else 5)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.choice([0, -1, 1, 2**63, 10**40, 1.5, 1e300])
    if kind <= 4:
        return rng.choice(TEXTS)
    if kind == 5:
        return [value(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {rng.choice(KEYS): value(rng, depth + 1) for _ in range(rng.randrange(7))}


def document(rng):
    """The body of an answer: near the contract, so that the code behind the parser is reached."""
    row = lambda: {key: value(rng, 2) for key in rng.sample(KEYS, rng.randrange(1, 12))}
    rows = [row() for _ in range(rng.randrange(6))]
    shape = rng.randrange(9)
    if shape == 0:
        body = rows
    elif shape <= 2:
        body = {"items": rows, "total": rng.choice([len(rows), 0, 7, None, "x"]), "limit": 3, "offset": 0, "has_more": rng.random() < 0.2}
    elif shape == 3:
        body = {"id": rng.choice(TEXTS), "api_key": rng.choice(TEXTS), **row()}
    elif shape == 4:
        body = {"error": rng.choice(TEXTS), "message": rng.choice(TEXTS), "details": value(rng, 2)}
    elif shape == 5:
        body = {"detail": value(rng)}
    elif shape == 6:
        body = {"start": rng.choice(TEXTS), "granularity": "day", rng.choice(["series", "rows", "tables", "events", "traces", "entries"]): rows}
    elif shape == 7:
        body = {**row(), "members": {"items": rows, "total": 1}, "grants": {"items": rows}}
    else:
        body = value(rng)
    text = json.dumps(body, ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    return mutate(rng, text) if rng.random() < 0.3 else text


def mutate(rng, data):
    """The same bytes with a few of them changed, gone, or said again."""
    data = bytearray(data)
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(4)
        if kind == 0:
            data[at:at] = rng.choice([b"\x00", b"\xff", b"\x1b[2J", b'"', b"{", b"\\ud800", b"\r\n\r\n", b"[[signin]]", b"'", b"\n  - ", b"`", b"\xcc\x81"])
        elif kind == 1:
            del data[at : at + rng.randrange(20)]
        elif kind == 2:
            data = data[:at]
        else:
            data += data[at : at + 200]
    return bytes(data)


def answer(rng):
    """A whole HTTP answer. Few are of the kind that is tried again, for every try costs the time of its pause."""
    body = document(rng)
    status = rng.choice([200] * 24 + [201, 204, 301, 400, 401, 403, 404, 404, 409, 422, 429, 500, 503, 504, 999])
    length = len(body) if rng.random() < 0.95 else rng.choice([0, len(body) + 5, max(0, len(body) - 3)])
    head = [f"HTTP/1.1 {status} {rng.choice(['OK', '', 'x' * 50])}", "content-type: application/json", f"content-length: {length}", "retry-after: 0"]
    if rng.random() < 0.2:
        head.append(f"x-request-id: {rng.choice(['r1', 'x' * 3000, PAT])}")
    if rng.random() < 0.1:
        head.append(f"location: {rng.choice(['/x', 'https://evil.example/' + PAT, '%00'])}")
    if rng.random() < 0.1:
        head.append("connection: close")
    whole = "\r\n".join(head).encode() + b"\r\n\r\n" + (b"" if status == 204 else body)
    return mutate(rng, whole) if rng.random() < 0.04 else whole


def token(rng):
    """The answer of the runtime API that holds a credential: most of the time one that can be used."""
    document = {"access_token": TOKEN, "grant_id": ID, "provider_id": "github"}
    more = {
        "injection_header": rng.choice(["Authorization", "X-Key", "x-amz-date", "host"]), "injection_format": rng.choice(["{token}", "Basic {token}", "AWS4-HMAC-SHA256"]),
        "additional_credentials": {"secret_access_key": TOKEN, "region": "eu-1", "service": "s3", "a": TOKEN},
        "additional_injections": [{"target": rng.choice(["header", "query_param"]), "key": "k", "source": "additional_credentials.a"}],
        "scope_mismatch": True, "expires_at": "2027-01-01T00:00:00Z", rng.choice(KEYS): value(rng),
    }
    document |= {key: more[key] for key in rng.sample(list(more), rng.randrange(len(more)))}
    if rng.random() < 0.2:
        document[rng.choice(list(document))] = value(rng)
    # Elsewhere than in its own place nothing tells it from other words.
    known = {"access_token", "additional_credentials"}
    document = {key: part if key in known else json.loads(json.dumps(part).replace(TOKEN, "x")) for key, part in document.items()}
    body = json.dumps(document).encode()
    body = mutate(rng, body) if rng.random() < 0.2 else body
    return f"HTTP/1.1 {rng.choice([200] * 9 + [403])} x\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body


def example(rng, command):
    """The words of one of a command's examples, ids filled in; what a shell would do with the rest is left out."""
    text = rng.choice(command["examples"] or [command["path"]])
    for sign in (">", "<", "|"):
        text = text.split(sign)[0]
    words = shlex.split(text)[1:]
    return [ID if word.isupper() and word.endswith("ID") else "https://x.example" if word == "URL" else word for word in words]


def word_for(rng, flag):
    """A word for a flag: as often as not one that it could take."""
    if flag["type"] in ("secret", "pat") and rng.random() < 0.7:
        return rng.choice([CLIENT_SECRET, "@secret.txt", PAT])
    if "|" in flag["type"] and rng.random() < 0.5:
        return rng.choice(flag["type"].split("|"))
    if flag["type"] == "id" and rng.random() < 0.5:
        return ID
    if flag["type"] == "json" and rng.random() < 0.6:
        return rng.choice(["@body.json", json.dumps(value(rng)), rng.choice(BODIES)])
    return rng.choice(WORDS)
