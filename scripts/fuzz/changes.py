"""What a faulty portal is asked for: what is typed, where its effect is read, and how often it was done."""

import json
import random

ISSUER = "https://issuer.example"
CREDENTIAL = "a-credential-of-the-test"
DENY = '{"when":{"method":"PUT"},"effect":"deny"}'


class Change:
    """One change: the command, the list or thing to read before and after, and what counts the times it was done."""

    def __init__(self, args, path, times):
        self.args, self.path, self.times = args, path, times


class Read:
    """One command that changes nothing: where the portal has what it prints, and what that is asked with."""

    def __init__(self, args, path, body=None):
        self.args, self.path, self.body = args, path, body


def made(args, path, key, name):
    """Something new in a list."""
    return Change(args, path, lambda _, after: sum(row.get(key) == name for row in after))


def added(args, path):
    """One more in a list, nothing of it known before."""
    return Change(args, path, lambda before, after: len(after) - len(before))


def set_to(args, path, key, value):
    """A value that was another one before."""
    return Change(args, path, lambda _, after: int(after is not None and after.get(key) == value))


def in_list(args, path, key, id, done):
    """A row of a list in another state."""
    return Change(args, path, lambda _, after: int(any(row[key] == id and done(row) for row in after)))


def gone_from(args, path, key, id):
    """A row that is in the list no more."""
    return Change(args, path, lambda _, after: int(not any(row[key] == id for row in after)))


def logged(app):
    """Where the log says what was done in an app."""
    return f"/audit/portal-actions?app_id={app}&limit=1000"


class Application:
    """An app that one worker has to itself, and the changes that fit what is in it now."""

    def __init__(self, number, id, read):
        self.number, self.id, self.read, self.count = number, id, read, 0
        self.path = f"/apps/{id}"
        self.rng = random.Random(number)

    def name(self):
        """A name that no two changes share, so that what was made twice is seen twice."""
        self.count += 1
        return f"w{self.number}-{self.count}"

    def next(self):
        """A change drawn at random."""
        kinds = [
            self.apps, self.keys, self.agents, self.agent_keys, self.secrets, self.secret_grants, self.rules, self.providers, self.branding,
            self.identity_providers, self.webhooks,
        ]
        while True:
            change = self.rng.choice(kinds)()
            if change:
                if "--app" not in change.args and change.args[0] != "apps":
                    change.args += ["--app", self.id]
                return change

    def next_read(self):
        """A command drawn at random that prints what is there: lists with several pages in their order, and single things."""
        agents, provider = self.live_agents(), self.identity_provider(self.id)
        pages = ["--all", "--limit", "2"]
        reads = [
            Read(["apps", "show"], self.path),
            Read(["keys", "list", *pages], f"{self.path}/keys?limit=1000"),
            Read(["agents", "list", *pages], f"{self.path}/agents?limit=1000"),
            Read(["managed-secrets", "list"], f"{self.path}/managed-secrets"),
            Read(["policy", "rules", "list", *pages], f"{self.path}/policy/rules?limit=100"),
            Read(["providers", "list"], f"{self.path}/providers"),
            Read(["branding", "get"], f"{self.path}/branding"),
            Read(["audit", "portal-actions", "--all", "--limit", "100"], logged(self.id)),
            Read(["identity-providers", "discover", "--issuer-url", ISSUER], f"{self.path}/identity-providers/discover", {"issuer_url": ISSUER}),
        ]
        if agents:
            agent = self.rng.choice(agents)["id"]
            reads.append(Read(["agents", "list-keys", agent], f"{self.path}/agents/{agent}/keys"))
        if provider:
            reads.append(Read(["identity-providers", "webhook", "status", provider], f"{self.path}/identity-providers/{provider}/webhook"))
        read = self.rng.choice(reads)
        read.args += [self.id] if read.args == ["apps", "show"] else ["--app", self.id]
        return read

    def rows(self, path, live=lambda row: True):
        return [row for row in self.read(path) if live(row)]

    def few(self, rows):
        """Whether there is room for one more; with none at all there has to be one."""
        return not rows or len(rows) < 6 and self.rng.random() < 0.4

    def apps(self):
        own = f"w{self.number}-"
        path = "/apps?include_stats=false&include_archived=true"
        apps = self.rows(path, lambda app: app["name"].startswith(own) and app["id"] != self.id)
        if self.few(apps):
            name = self.name()
            return made(["apps", "create", "--name", name], path, "name", name)
        app = self.rng.choice(apps)
        one, archived = f"/apps/{app['id']}", app["status"] == "archived"
        choice = self.rng.randrange(3)
        if choice == 0 and not archived:
            name = self.name()
            return set_to(["apps", "update", app["id"], "--name", name], one, "name", name)
        if choice == 1:
            verb, status = ("unarchive", "active") if archived else ("archive", "archived")
            return set_to(["apps", verb, app["id"]], one, "status", status)
        return gone_from(["apps", "delete", app["id"], "--confirm", app["name"]], path, "id", app["id"])

    def keys(self):
        path = f"{self.path}/keys?limit=1000"
        keys = self.rows(path, lambda key: key["revoked_at"] is None)
        if self.few(keys):
            name = self.name()
            return made(["keys", "mint", "--name", name, "--scopes", "tokens:retrieve"], path, "name", name)
        key = self.rng.choice(keys)
        one, choice = f"{self.path}/keys/{key['id']}", self.rng.randrange(4)
        if choice == 0 and len(keys) < 20 and key["deprecated_at"] is None:
            return added(["keys", "rotate", "--key", key["id"]], path)
        if choice == 1:
            name = self.name()
            return set_to(["keys", "rename", "--key", key["id"], "--name", name], one, "name", name)
        revoke = ["keys", "revoke", "--key", key["id"], "--yes", "--force"]
        return in_list(revoke, path, "id", key["id"], lambda row: row["revoked_at"] is not None)

    def live_agents(self):
        return self.rows(f"{self.path}/agents?limit=1000", lambda agent: agent["status"] == "active")

    def agents(self):
        path, agents = f"{self.path}/agents?limit=1000", self.live_agents()
        if self.few(agents):
            name = self.name()
            return made(["agents", "create", "--name", name], path, "name", name)
        agent = self.rng.choice(agents)
        one, choice = f"{self.path}/agents/{agent['id']}", self.rng.randrange(3)
        if choice < 2:
            name = self.name()
            return set_to(["agents", "update", agent["id"], "--display-name", name], one, "display_name", name)
        return set_to(["agents", "revoke", agent["id"], "--yes"], one, "status", "revoked")

    def agent_keys(self):
        agents = self.live_agents()
        if not agents:
            return None
        agent = self.rng.choice(agents)["id"]
        path = f"{self.path}/agents/{agent}/keys"
        keys = self.rows(path, lambda key: key["revoked_at"] is None)
        if self.few(keys):
            return added(["agents", "mint-key", agent], path)
        key = self.rng.choice(keys)
        args = ["--agent", agent, "--key", key["key_id"]]
        choice = self.rng.randrange(3)
        if choice == 0 and len(keys) > 1:
            return in_list(["agents", "revoke-key", *args, "--yes"], path, "key_id", key["key_id"], lambda row: row["revoked_at"] is not None)
        if key["deprecated_at"] is None:
            return in_list(["agents", "deprecate-key", *args], path, "key_id", key["key_id"], lambda row: row["deprecated_at"] is not None)
        return in_list(["agents", "undeprecate-key", *args], path, "key_id", key["key_id"], lambda row: row["deprecated_at"] is None)

    def secrets(self):
        path = f"{self.path}/managed-secrets"
        secrets = self.rows(path)
        if self.few(secrets):
            name = self.name()
            return made(["managed-secrets", "create", "--name", name, "--template", "openai", "--credential-value", CREDENTIAL], path, "name", name)
        secret = self.rng.choice(secrets)
        one, choice = f"{path}/{secret['id']}", self.rng.randrange(4)
        if choice == 0 and secret["rotated_at"] is None:
            # The time has no more than seconds, so only the first rotation can be told from none.
            rotated = lambda _, after: int(after["rotated_at"] is not None)
            return Change(["managed-secrets", "rotate", secret["id"], "--credential-value", CREDENTIAL], one, rotated)
        if choice == 1:
            host = f"{self.name()}.example"
            return set_to(["managed-secrets", "set-allowed-hosts", secret["id"], "--host", host], one, "allowed_hosts", [host])
        if choice == 2:
            days = secret["delegation_policy"]["max_delegation_ttl_days"] % 1000 + 1
            policy = {"allow_group_delegation": False, "max_delegation_ttl_days": days}
            return set_to(["managed-secrets", "set-delegation-policy", secret["id"], "--max-delegation-ttl-days", str(days)], one, "delegation_policy", policy)
        return gone_from(["managed-secrets", "delete", secret["id"], "--confirm", secret["slug"]], path, "id", secret["id"])

    def secret_grants(self):
        secrets = self.rows(f"{self.path}/managed-secrets")
        if not secrets:
            return None
        secret = self.rng.choice(secrets)["id"]
        path = f"{self.path}/managed-secrets/{secret}/grants"
        grants = self.rows(path, lambda grant: grant["status"] == "active")
        if self.few(grants):
            label = self.name()
            return made(["managed-secrets", "grants", "create", secret, "--principal-type", "system", "--label", label], path, "label", label)
        grant = self.rng.choice(grants)["id"]
        if self.rng.random() < 0.5:
            label = self.name()
            return in_list(["managed-secrets", "grants", "update", grant, "--label", label], path, "id", grant, lambda row: row["label"] == label)
        revoke = self.rng.choice([["managed-secrets", "grants", "revoke", grant, "--yes"], ["grants", "revoke", "--grant", grant, "--yes"]])
        return in_list(revoke, path, "id", grant, lambda row: row["status"] == "revoked")

    def rules(self):
        agents = self.live_agents()
        of = self.rng.choice([agent["id"] for agent in agents] + [None])
        base, flags = (f"{self.path}/agents/{of}", ["--agent", of]) if of else (self.path, [])
        path = f"{base}/policy/rules?limit=100"
        rules = self.rows(path)
        if self.few(rules):
            name = self.name()
            return made(["policy", "rules", "create", "--name", name, "--body", DENY, *flags], path, "name", name)
        rule = self.rng.choice(rules)
        flags = ["--rule", rule["id"], *flags]
        if self.rng.random() < 0.5:
            name = self.name()
            return in_list(["policy", "rules", "update", *flags, "--name", name], path, "id", rule["id"], lambda row: row["name"] == name)
        return gone_from(["policy", "rules", "delete", *flags, "--yes"], path, "id", rule["id"])

    def providers(self):
        path = f"{self.path}/providers"
        providers = self.rows(path)
        if self.few(providers):
            there = {provider["provider_id"] for provider in providers}
            left = [provider for provider in self.read("/providers/catalog") if provider["default_scopes"] and provider["id"] not in there]
            provider = self.rng.choice(left)
            id, scopes = provider["id"], ",".join(provider["default_scopes"])
            custom = ["--client-id", "c", "--client-secret", CREDENTIAL, "--redirect-uri", "https://x.example/back"]
            return made(["providers", "create", id, "--scopes", scopes, *custom], path, "provider_id", id)
        provider = self.rng.choice(providers)
        id = provider["provider_id"]
        if self.rng.random() < 0.6:
            client = self.name()
            return set_to(["providers", "update", id, "--client-id", client], f"{path}/{id}", "client_id", client)
        return gone_from(["providers", "delete", id, "--yes"], path, "provider_id", id)

    def identity_provider(self, app):
        """The one that an app has. No list has them, but the log of what was done does."""
        rows = self.read(f"{logged(app)}&action=identity_provider.created")
        return rows[0]["resource_id"] if rows else None

    def identity_providers(self):
        """One for an app that has none: that of the worker, then those it makes."""
        live = lambda app: app["name"].startswith(f"w{self.number}-") and app["status"] == "active"
        apps = [self.id, *(app["id"] for app in self.rows("/apps?include_stats=false", live))]
        app = next((app for app in apps if not self.identity_provider(app)), None)
        if app is None:
            return None
        issuer = f"https://{self.name()}.example"
        path = f"{logged(app)}&action=identity_provider.created"
        return added(["identity-providers", "create", "--issuer-url", issuer, "--app", app], path)

    def webhooks(self):
        provider = self.identity_provider(self.id)
        if provider is None:
            return None
        there = self.read(f"{self.path}/identity-providers/{provider}/webhook")
        verb = self.rng.choice(["rotate", "rotate", "disable"]) if there["enabled"] else "enable"
        path = f"{logged(self.id)}&action=identity_provider.webhook_{verb}d"
        args = ["identity-providers", "webhook", verb, "--provider", provider]
        return added(args if verb == "enable" else [*args, "--yes"], path)

    def branding(self):
        path = f"{self.path}/branding"
        there = self.read(path)
        if there is None or self.rng.random() < 0.6:
            logo = f"https://{self.name()}.example/logo.png"
            document = {"logo_url": logo, "colors": {key: "#102030" for key in ("primary", "text", "background")}}
            return set_to(["branding", "set", "--replace", "--input", json.dumps(document)], path, "logo_url", logo)
        return Change(["branding", "reset", "--yes"], path, lambda _, after: int(after is None))
