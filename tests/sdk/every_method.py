"""Calls every public method of the published SDK against a portal, and writes down what came back.

The environment gives two portals: PORTAL, at which this program plays the person, and AUTO, which needs none.
"""

import asyncio
import json
import os
import sys
import urllib.request
from datetime import datetime, timezone

import alter_sdk as sdk
from alter_sdk import Agent, App
from alter_sdk.agents import AgentsNamespace
from alter_sdk.keys import KeysNamespace
from alter_sdk.oauth_providers import OAuthProvidersNamespace
from alter_sdk.provider_specs import ProviderSpecsNamespace
from alter_sdk.scopes import ScopesNamespace
from alter_sdk.spans import SpansNamespace

from portal import Portal
from recorder import Recorder, offered

APP = "a1a1a1a1-0001-4000-8000-000000000001"
OTHER_APP = "a1a1a1a1-0001-4000-8000-000000000002"
NOBODY = "00000000-0000-4000-8000-000000000000"

# What is not called here, and why.
SKIPPED: dict[str, str] = {}


def portal(name: str) -> Portal:
    ready = json.loads(os.environ[name])
    return Portal(ready["base_url"], ready["pat"])


async def scopes_and_catalogues(note: Recorder, app: App, agent: Agent):
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.scopes", "the namespace", lambda client=client: client.scopes)
        await note.good("ScopesNamespace.list", f"of {name}", client.scopes.list, lambda found: found.scope_version == 1)
        await note.good(f"{name}.oauth_providers", "the namespace", lambda client=client: client.oauth_providers)
        await note.good(
            "OAuthProvidersNamespace.list", f"of {name}", client.oauth_providers.list,
            lambda found: len(found.providers) == 70,
        )
        await note.good(f"{name}.provider_specs", "the namespace", lambda client=client: client.provider_specs)
        specs = client.provider_specs
        await note.good("ProviderSpecsNamespace.list", f"every kind, of {name}", specs.list, lambda all: len(all) > 100)
        await note.good("ProviderSpecsNamespace.list", f"one kind, of {name}", lambda s=specs: s.list("oauth"), lambda all: len(all) == 70)
        await note.good("ProviderSpecsNamespace.get", f"of {name}", lambda s=specs: s.get("managed", "stripe"))
        await note.good(
            "ProviderSpecsNamespace.list_operations", f"searched, of {name}",
            lambda s=specs: s.list_operations("oauth", "github", search="items", limit=2, offset=1),
            lambda page: page.total == 3 and len(page.items) == 2,
        )
        await note.good("ProviderSpecsNamespace.get_operation", f"of {name}", lambda s=specs: s.get_operation("oauth", "github", "items.list"))
    await note.bad("ProviderSpecsNamespace.get", "unknown", sdk.GrantNotFoundError, lambda: app.provider_specs.get("oauth", "none"), "provider_spec_not_found")
    await note.bad("ProviderSpecsNamespace.get_operation", "unknown", sdk.GrantNotFoundError, lambda: app.provider_specs.get_operation("oauth", "github", "none"), "operation_not_found")


async def signing_in(note: Recorder, portal: Portal, app: App, auto: App) -> str:
    session = await note.good("App.create_auth_session", "begun", app.create_auth_session)
    waiting = asyncio.create_task(app.poll_auth_session(session.session_token, timeout=30))
    await asyncio.to_thread(portal.decide, session.auth_url, user="05e40000-0001-4000-8000-000000000002")
    result = await note.good("App.poll_auth_session", "signed in on the page", waiting)
    refused = await app.create_auth_session()
    await asyncio.to_thread(portal.decide, refused.auth_url, "no")
    await note.bad("App.poll_auth_session", "refused on the page", sdk.AlterSDKError, lambda: app.poll_auth_session(refused.session_token))
    slow = await app.create_auth_session()
    await note.bad("App.poll_auth_session", "nobody came", sdk.ConnectTimeoutError, lambda: app.poll_auth_session(slow.session_token, timeout=0.2))
    await note.good("App.authenticate", "with a portal that asks nobody", lambda: auto.authenticate(timeout=30))
    token = result.user_token
    await note.good("App.verify_user_token", "good", lambda: app.verify_user_token(token))
    await note.good("App.verify_user_token", "flipped", lambda: app.verify_user_token(token[:-4] + "AAAA"), lambda subject: subject is None)
    return token


async def identities(note: Recorder, portal: Portal, app: App, agent: Agent, token: str):
    await note.good("App.resolve_identity", "of the key", app.resolve_identity, lambda who: who.app_id == APP and who.app_user_id is None)
    who = await note.good(
        "App.resolve_identity", "of a user", lambda: app.resolve_identity(user_token=token, include_profile=True),
        lambda who: who.email == "chloe@northwind.example" and who.user_status == "active",
    )
    await note.good(
        "Agent.resolve_identity", "of a user", lambda: agent.resolve_identity(user_token=token),
        lambda found: found.agent_id is not None and found.app_user_id == who.app_user_id,
    )
    await note.bad("App.resolve_identity", "bad token", sdk.ReAuthRequiredError, lambda: app.resolve_identity(user_token="a.b.c"))
    audience = "https://audience.example"
    for name, client, more in (("App", app, {}), ("Agent", agent, {})):
        made = await note.good(f"{name}.assert_identity", "of a user", lambda c=client: c.assert_identity(audience=audience, user_token=token, ttl_seconds=60))
        with urllib.request.urlopen(f"{portal.base_url}/.well-known/alter-identity-jwks.json") as answer:
            jwks = json.load(answer)
        await note.good(
            "verify_identity_assertion", f"of {name}",
            lambda m=made: sdk.verify_identity_assertion(m.token, issuer=portal.base_url, audience=audience, jwks=jwks, expected_app_id=APP),
        )
    await note.bad("App.assert_identity", "no audience", sdk.AlterValueError, lambda: app.assert_identity(audience="nowhere"))
    return who


async def connecting(note: Recorder, portal: Portal, app: App, agent: Agent, agent_id: str, auto: App, auto_agent: Agent, token: str):
    session = await note.good(
        "App.create_connect_session", "for a user and an agent",
        lambda: app.create_connect_session(
            allowed_providers=["github"], user_token=token, agent=agent_id, delegable=True,
            grant_policy={"max_ttl_seconds": 86400, "default_ttl_seconds": 3600},
        ),
    )
    await asyncio.to_thread(portal.decide, session.connect_url, account="chloe@github.example")
    done = await note.good("App.poll_connect_session", "allowed on the page", lambda: app.poll_connect_session(session.session_token), lambda done: len(done) == 1 and done[0].delegation is not None)
    refused = await app.create_connect_session(allowed_providers=["slack"], user_token=token)
    await asyncio.to_thread(portal.decide, refused.connect_url, "no")
    await note.bad("App.poll_connect_session", "denied on the page", sdk.ConnectDeniedError, lambda: app.poll_connect_session(refused.session_token))
    waiting = await app.create_connect_session(user_token=token)
    await note.bad("App.poll_connect_session", "nobody came", sdk.ConnectTimeoutError, lambda: app.poll_connect_session(waiting.session_token, timeout=0.2))
    await note.bad("App.create_connect_session", "unknown provider", sdk.BackendError, lambda: app.create_connect_session(allowed_providers=["zoom"]), "provider_configuration_unavailable")
    await note.bad("App.create_connect_session", "unknown agent", sdk.AgentNotFoundError, lambda: app.create_connect_session(user_token=token, agent="nobody"), "agent_not_found")
    await note.good("App.connect", "with a portal that asks nobody", lambda: auto.connect(providers=["github"], open_browser=False, timeout=10))
    own = await note.good("Agent.create_connect_session", "for itself", lambda: agent.create_connect_session(allowed_providers=["slack"], user_token=token))
    await asyncio.to_thread(portal.decide, own.connect_url)
    await note.good("Agent.poll_connect_session", "allowed on the page", lambda: agent.poll_connect_session(own.session_token))
    await note.bad("Agent.connect", "an agent needs a user", sdk.BackendError, lambda: auto_agent.connect(providers=["github"], open_browser=False, timeout=10), "agent_requires_user_token")
    secret = await note.good("App.create_managed_secret_connect_session", "the user has it", lambda: app.create_managed_secret_connect_session(provider="stripe", user_token=token, agent=agent_id, delegable=True), lambda session: session.path == "fast_path")
    await asyncio.to_thread(portal.decide, secret.connect_url)
    await note.good("App.poll_connect_session", "of a managed secret", lambda: app.poll_connect_session(secret.session_token))
    entered = await note.good("Agent.create_managed_secret_connect_session", "a key of their own", lambda: agent.create_managed_secret_connect_session(provider="aws-reports", user_token=token), lambda session: session.path == "key_entry")
    await asyncio.to_thread(portal.decide, entered.connect_url, credential="a-key-of-mine")
    await note.good("Agent.poll_connect_session", "of a key of their own", lambda: agent.poll_connect_session(entered.session_token))
    await note.bad("App.create_managed_secret_connect_session", "unknown", sdk.ConnectConfigError, lambda: app.create_managed_secret_connect_session(provider="none", user_token=token), "secret_not_found")
    return done[0]


async def requests(note: Recorder, portal: Portal, app: App, agent: Agent, system: str, agents_own: str):
    echo = f"{portal.base_url}/provider/stripe/v1/charges"
    good = lambda answer: answer.status_code == 200 and answer.json()["credentials"][0]["kind"] == "bearer"
    await note.good("App.request", "by grant", lambda: app.request("GET", echo, grant_id=system, reason="a test"), good)
    await note.good("App.request", "by slug", lambda: app.request("POST", echo, provider="stripe", label="backend", json={"é": 1}), good)
    await note.good("Agent.request", "by grant", lambda: agent.request("GET", echo, grant_id=agents_own, query_params={"limit": 1}), good)
    await note.good("App.request", "with a context", lambda: app.request("GET", echo, grant_id=system, context={"ticket": "1"}), good)
    await note.good("App.request", "a redirect", lambda: app.request("GET", f"{echo}?status=302", grant_id=system), lambda answer: answer.status_code == 302)
    await note.good("App.request", "a long answer", lambda: app.request("GET", f"{echo}?bytes=3000000", grant_id=system), lambda answer: len(answer.content) == 3_000_000)
    await note.good("App.last_rate_limit", "after a call", lambda: app.last_rate_limit, lambda limit: limit.limit == 600)
    await note.good("Agent.last_rate_limit", "after a call", lambda: agent.last_rate_limit, lambda limit: limit.limit == 600)
    await note.bad("App.request", "the provider is down", sdk.ProviderAPIError, lambda: app.request("GET", f"{echo}?status=500", grant_id=system))
    await note.bad("App.request", "the provider refuses", sdk.ProviderUnauthorizedError, lambda: app.request("GET", f"{echo}?status=401", grant_id=system))
    await note.bad("App.request", "scopes are missing", sdk.ScopeReauthRequiredError, lambda: app.request("GET", f"{echo}?status=403&missing=charges:read", grant_id=system))
    await note.bad("App.request", "no such grant", sdk.GrantNotFoundError, lambda: app.request("GET", echo, grant_id=NOBODY), "grant_not_found")
    await note.bad("App.request", "another app's grant", sdk.GrantNotFoundError, lambda: app.request("GET", echo, grant_id="9a470000-0001-4000-8000-000000000074"), "grant_not_found")
    await note.bad("App.request", "several grants fit", sdk.AmbiguousGrantError, lambda: app.request("GET", echo, provider="twice"), "ambiguous_grant")
    await note.bad("App.request", "an agent's grant", sdk.GrantNotFoundError, lambda: app.request("GET", echo, grant_id=agents_own), "grant_not_found")
    await note.bad("Agent.request", "nothing delegated", sdk.NoDelegatedGrantError, lambda: agent.request("GET", echo, provider="google"), "no_delegated_grant")
    await note.bad("App.request", "a host that is not allowed", sdk.PolicyViolationError, lambda: app.request("GET", "https://elsewhere.example/", grant_id=system), "host_not_allowed")
    await note.bad("App.request", "a plain address", sdk.AlterValueError, lambda: app.request("GET", "http://elsewhere.example/", grant_id=system))
    await note.bad("App.request", "nobody listens there", sdk.NetworkError, lambda: app.request("GET", "http://127.0.0.1:9/", grant_id=os.environ["ANYWHERE"]))
    slow = App(app_key(app), timeout=0.3)
    await note.bad("App.request", "the provider is slow", sdk.TimeoutError, lambda: slow.request("GET", f"{echo}?slow=2000", grant_id=system))
    await slow.close()


def app_key(app: App) -> str:
    return os.environ["APP_KEY"]


async def proxy_and_policy(note: Recorder, portal: Portal, app: App, agent: Agent, system: str, agents_own: str):
    echo = f"{portal.base_url}/provider/stripe/v1/charges"
    for name, client, grant in (("App", app, system), ("Agent", agent, agents_own)):
        await note.good(f"{name}.proxy_request", "allowed", lambda c=client, g=grant: c.proxy_request("POST", echo, grant_id=g, json={"a": 1}, query_params={"b": "c"}), lambda result: result.status_code == 200)
    await note.bad("App.proxy_request", "a header that is not the caller's", sdk.AlterValueError, lambda: app.proxy_request("GET", echo, grant_id=system, extra_headers={"Host": "elsewhere"}))
    await note.bad("App.proxy_request", "a host that is not allowed", sdk.PolicyViolationError, lambda: app.proxy_request("GET", "https://elsewhere.example/", grant_id=system), "host_not_allowed")
    deny = portal.rule(APP, "json_match", {"when": {"method": "DELETE"}, "effect": "deny"})
    for name, client, grant in (("App", app, system), ("Agent", agent, agents_own)):
        await note.bad(f"{name}.request", "forbidden by a rule", sdk.PolicyViolationError, lambda c=client, g=grant: c.request("DELETE", echo, grant_id=g), "policy_denied")
        await note.bad(f"{name}.proxy_request", "forbidden by a rule", sdk.PolicyViolationError, lambda c=client, g=grant: c.proxy_request("DELETE", echo, grant_id=g), "policy_denied")
    portal.drop_rule(APP, deny)
    hold = portal.rule(APP, "require_approval", {"effect": "require_approval", "approval": {"expires_in_seconds": 60}, "when": {"method": "PUT"}})
    await note.bad("App.request", "a rule wants an approval", sdk.RestrictedGrantRequiresProxyError, lambda: app.request("PUT", echo, grant_id=system), "hitl_grant_requires_proxy")
    for name, client, grant in (("App", app, system), ("Agent", agent, agents_own)):
        held = await note.good(f"{name}.proxy_request", "held for an approval", lambda c=client, g=grant: c.proxy_request("PUT", echo, grant_id=g, json={"n": 2}), lambda held: isinstance(held, sdk.PendingApproval))
        await note.good(f"{name}.get_approval_status", "pending", lambda c=client, h=held: c.get_approval_status(str(h.approval_id)), lambda status: status.status == "pending")
        await note.bad(f"{name}.await_approval", "nobody came", sdk.ApprovalTimeoutError, lambda c=client, h=held: c.await_approval(str(h.approval_id), timeout=0.2))
        waiting = asyncio.create_task(client.await_approval(str(held.approval_id), timeout=30))
        await asyncio.to_thread(portal.decide, held.approval_url)
        await note.good(f"{name}.await_approval", "approved on the page", waiting, lambda result: result.status_code == 200)
        await note.good(f"{name}.get_approval_status", "executed, waited for", lambda c=client, h=held: c.get_approval_status(str(h.approval_id), wait=5), lambda status: status.status == "executed")
        refused = await client.proxy_request("PUT", echo, grant_id=grant)
        await asyncio.to_thread(portal.decide, refused.approval_url, "no")
        await note.bad(f"{name}.await_approval", "denied on the page", sdk.ApprovalDeniedError, lambda c=client, r=refused: c.await_approval(str(r.approval_id), timeout=5))
    portal.drop_rule(APP, hold)
    await note.bad("App.get_approval_status", "unknown", sdk.BackendError, lambda: app.get_approval_status(NOBODY), "approval_not_found")


async def narrowed(note: Recorder, portal: Portal, app: App, agent: Agent, system: str, agents_own: str):
    echo = f"{portal.base_url}/provider/stripe/v1/charges"
    small = await note.good("App.with_constraints", "fewer scopes", lambda: app.with_constraints(scopes=["grants:read"]))
    await note.good("App.list_grants", "under a constraint that has it", small.list_grants)
    await note.bad("App.request", "under a constraint that has it not", sdk.InsufficientScopeError, lambda: small.request("GET", echo, grant_id=system), "insufficient_scope")
    ruled = await note.good("Agent.with_constraints", "a rule of its own", lambda: agent.with_constraints(rule={"rule_type": "json_match", "rule_body": {"when": {"method": "POST"}, "effect": "deny"}}))
    await note.good("Agent.request", "that the rule lets pass", lambda: ruled.request("GET", echo, grant_id=agents_own))
    await note.bad("Agent.request", "that the rule forbids", sdk.PolicyViolationError, lambda: ruled.request("POST", echo, grant_id=agents_own), "policy_denied")
    content = await note.good("content_match_rule", "made", lambda: sdk.content_match_rule(families=["delete"]))
    await note.bad("App.request", "under a rule that the portal cannot evaluate", sdk.PolicyViolationError, lambda: app.with_constraints(rule=content).request("GET", echo, grant_id=system), "policy_error")
    wide = App(portal.key(APP, "narrow", ["tokens:retrieve"]))
    await note.bad("App.list_grants", "a constraint that widens", sdk.BackendError, lambda: wide.with_constraints(scopes=["grants:read"]).list_grants(), "constraint_not_narrowing")
    await wide.close()


async def grants(note: Recorder, portal: Portal, app: App, agent: Agent, agent_id: str, peer: str, connected, token: str, system: str):
    echo = f"{portal.base_url}/provider/github/user"
    await note.good("App.list_grants", "all", app.list_grants, lambda found: found.total > 10)
    await note.good("App.list_grants", "a page of a provider's", lambda: app.list_grants(provider_id="stripe", status="active", limit=2), lambda found: len(found.grants) == 2 and found.has_more)
    await note.good("App.list_grants", "a user's", lambda: app.list_grants(end_user_token=token), lambda found: all(grant.principal_type in ("user", "agent") for grant in found.grants))
    own = await note.good("Agent.list_grants", "its own", agent.list_grants, lambda found: found.total >= 3)
    delegated = next(grant for grant in own.grants if grant.grant_kind == "oauth" and grant.provider_id == "github")
    await note.bad("Agent.request", "a delegated grant", sdk.RestrictedGrantRequiresProxyError, lambda: agent.request("GET", echo, grant_id=delegated.grant_id), "delegated_grant_requires_proxy")
    await note.good("Agent.proxy_request", "a delegated grant", lambda: agent.proxy_request("GET", echo, provider="github"), lambda result: result.status_code == 200)
    await note.good("Agent.resolve_identity", "of a user who delegated", lambda: agent.resolve_identity(app_user_id="05e40000-0001-4000-8000-000000000002"), lambda who: who.app_user_id is not None)
    passed = await note.good("Agent.delegate", "to a peer", lambda: agent.delegate(delegated.grant_id, peer, delegable=False, scope_constraint=["repo"], ttl_seconds=60), lambda made: made.depth == 2)
    await note.bad("Agent.delegate", "what it was not given to pass on", sdk.GrantNotDelegableError, lambda: agent.delegate(os.environ["AGENTS_OWN"], peer), "grant_not_delegable")
    await note.bad("Agent.delegate", "to nobody", sdk.AgentNotFoundError, lambda: agent.delegate(delegated.grant_id, NOBODY), "agent_not_found")
    await note.good("App.revoke_delegation", "the peer's", lambda: app.revoke_delegation(delegated.grant_id, peer), lambda nothing: nothing is None)
    await note.good("App.revoke_delegation", "again", lambda: app.revoke_delegation(delegated.grant_id, peer), lambda nothing: nothing is None)
    sibling = await note.good("App.mint_grant", "a sibling", lambda: app.mint_grant(system, label="second", grant_policy={"max_ttl_seconds": 60}, grant_tags=["a"]), lambda made: made.label == "second")
    await note.bad("App.mint_grant", "a label that is taken", sdk.SiblingLabelConflictError, lambda: app.mint_grant(system, label="second"), "sibling_label_conflict")
    rule = portal.rule(APP, "json_match", {"when": {"method": "PUT"}, "effect": "deny"}, f"/grants/{system}")
    await note.bad("App.mint_grant", "of a grant with rules of its own", sdk.PolicyViolationError, lambda: app.mint_grant(system, label="third"), "mint_source_has_grant_rules")
    portal.drop_rule(APP, rule, f"/grants/{system}")
    for case, principal in (
        ("a user", sdk.UserPrincipal(user_token=token, label="theirs")),
        ("a group", sdk.GroupPrincipal(external_group_id="00gengineer1", idp_id="1d900000-0001-4000-8000-000000000000", label="ours")),
        ("the system", sdk.SystemPrincipal(label="the app")),
    ):
        await note.good("App.create_managed_secret_grant", f"for {case}", lambda p=principal: app.create_managed_secret_grant("5ec4e700-0001-4000-8000-000000000001", principal=p))
    await note.bad("App.create_managed_secret_grant", "for an agent", sdk.BackendError, lambda: app.create_managed_secret_grant("datadog", principal=sdk.AgentPrincipal()))
    await note.bad("App.create_managed_secret_grant", "of nothing", sdk.ConnectConfigError, lambda: app.create_managed_secret_grant("none", principal=sdk.SystemPrincipal()), "secret_not_found")
    await note.good("Agent.revoke_delegation", "its own", lambda: agent.revoke_delegation(delegated.grant_id), lambda nothing: nothing is None)
    await note.bad("Agent.proxy_request", "what it gave up", sdk.GrantRevokedError, lambda: agent.proxy_request("GET", echo, grant_id=delegated.grant_id), "grant_revoked")
    await note.good("App.revoke_grant", "a sibling", lambda: app.revoke_grant(sibling.grant_id, reason="a test"), lambda done: done.success)
    await note.bad("App.request", "a revoked grant", sdk.GrantRevokedError, lambda: app.request("GET", echo, grant_id=sibling.grant_id), "grant_revoked")
    await note.bad("App.request", "an expired grant", sdk.GrantExpiredError, lambda: app.request("GET", echo, grant_id=os.environ["EXPIRED"]), "grant_expired")
    missing = await note.bad("Agent.request", "nothing for a provider", sdk.NoDelegatedGrantError, lambda: agent.request("GET", echo, provider="google"), "no_delegated_grant")
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.create_connect_session_for_error", "for a provider", lambda c=client: c.create_connect_session_for_error(missing, user_token=token))


async def agents(note: Recorder, portal: Portal, app: App):
    space = await note.good("App.agents", "the namespace", lambda: app.agents)
    made = await note.good("AgentsNamespace.create", "new", lambda: space.create(name="sdk-made", scopes={"github": ["repo", "user"]}, display_name="Made", metadata={"a": 1}), lambda made: made.api_key)
    await note.bad("AgentsNamespace.create", "a name that is taken", sdk.AgentNameExistsError, lambda: space.create(name="sdk-made", scopes={}), "agent_name_exists")
    await note.good("AgentsNamespace.create", "under a key", lambda: space.create(name="sdk-twice", scopes={}, idempotency_key="k1"), lambda made: made.api_key)
    await note.good("AgentsNamespace.create", "the same again", lambda: space.create(name="sdk-twice", scopes={}, idempotency_key="k1"), lambda made: made.api_key is None)
    await note.bad("AgentsNamespace.create", "another under the same key", sdk.IdempotencyKeyBodyMismatchError, lambda: space.create(name="sdk-other", scopes={}, idempotency_key="k1"), "idempotency_key_body_mismatch")
    await note.good("AgentsNamespace.get", "known", lambda: space.get(str(made.id)))
    await note.bad("AgentsNamespace.get", "unknown", sdk.AgentNotFoundError, lambda: space.get(NOBODY), "agent_not_found")
    await note.good("AgentsNamespace.get_by_name", "known", lambda: space.get_by_name("sdk-made"))
    await note.good("AgentsNamespace.get_by_name", "unknown", lambda: space.get_by_name("none"), lambda found: found is None)
    await note.good("AgentsNamespace.list", "a page", lambda: space.list(limit=2, offset=1, include_revoked=True), lambda page: len(page.agents) == 2)
    changed = await note.good("AgentsNamespace.update", "its display name", lambda: space.update(str(made.id), display_name="Renamed"), lambda agent: agent.display_name == "Renamed")
    await note.bad("AgentsNamespace.update", "an old version", sdk.AgentConcurrentUpdateError, lambda: space.update(str(made.id), scopes={"github": ["repo"]}, expected_version=changed.version - 1), "agent_concurrent_update")
    await note.good("AgentsNamespace.update", "fewer scopes", lambda: space.update(str(made.id), scopes={"github": ["repo"]}, expected_version=changed.version, grace_seconds=3600), lambda agent: agent.scopes_pending == {"github": ["repo"]} and "user" in agent.scopes["github"])
    key = await note.good("AgentsNamespace.mint_key", "a second", lambda: space.mint_key(str(made.id)), lambda key: key.api_key)
    await note.good("AgentsNamespace.list_keys", "both", lambda: space.list_keys(str(made.id)), lambda keys: len(keys.items) == 2)
    await note.good("AgentsNamespace.deprecate_key", "the second", lambda: space.deprecate_key(str(made.id), str(key.key_id)), lambda key: key.deprecated_at)
    await note.good("AgentsNamespace.undeprecate_key", "the second", lambda: space.undeprecate_key(str(made.id), str(key.key_id)), lambda key: key.deprecated_at is None)
    await note.good("AgentsNamespace.revoke_key", "the second", lambda: space.revoke_key(str(made.id), str(key.key_id)), lambda key: key.revoked_at)
    await note.bad("AgentsNamespace.revoke_key", "the second again", sdk.KeyAlreadyRevokedError, lambda: space.revoke_key(str(made.id), str(key.key_id)), "key_revoked")
    await note.bad("AgentsNamespace.revoke_key", "unknown", sdk.KeyNotFoundError, lambda: space.revoke_key(str(made.id), NOBODY), "key_not_found")
    await note.bad("AgentsNamespace.revoke_key", "the last", sdk.LastActiveKeyError, lambda: space.revoke_key(str(made.id), str(made.key_id)), "last_active_key")
    itself = Agent(made.api_key)
    await note.good("Agent.me", "active", itself.me, lambda me: me.name == "sdk-made")
    await note.good("AgentsNamespace.suspend", "it", lambda: space.suspend(str(made.id)), lambda agent: agent.status == "inactive")
    await note.good("Agent.me", "suspended", itself.me, lambda me: me.status == "inactive")
    await note.bad("Agent.list_grants", "suspended", sdk.AgentInactiveError, itself.list_grants, "agent_inactive")
    await note.good("AgentsNamespace.resume", "it", lambda: space.resume(str(made.id)), lambda agent: agent.status == "active")
    await note.good("AgentsNamespace.delete", "it", lambda: space.delete(str(made.id)), lambda agent: agent.status == "revoked")
    await note.bad("Agent.list_grants", "revoked", sdk.AgentRevokedError, itself.list_grants, "agent_revoked")
    await itself.close()
    acting = await note.good("App.get_agent", "acting for an agent", lambda: app.get_agent("a9e47000-0001-4000-8000-000000000000"))
    await note.good("Agent.resolve_identity", "of an agent by an app's key", acting.resolve_identity, lambda who: who.agent_id == "a9e47000-0001-4000-8000-000000000000")
    await note.bad("Agent.resolve_identity", "of an agent that is none", sdk.AgentNotFoundError, app.get_agent(NOBODY).resolve_identity)
    stranger = Agent(os.environ["AGENT_KEY"], caller=NOBODY)
    await note.bad("Agent.list_grants", "in another agent's name", sdk.CallerAgentMismatchError, stranger.list_grants, "caller_agent_mismatch")
    await stranger.close()
    apps_own = Agent(os.environ["APP_KEY"])
    await note.bad("Agent.me", "with an app's key", sdk.MeRequiresAgentKeyError, apps_own.me, "me_requires_agent_key")
    await apps_own.close()


async def keys(note: Recorder, portal: Portal, app: App, agent: Agent):
    space = await note.good("App.keys", "the namespace", lambda: app.keys)
    await note.good("Agent.keys", "the namespace", lambda: agent.keys)
    derived = await note.good("KeysNamespace.derive", "for a minute", lambda: space.derive(scopes=["grants:read"], expires_in=60, cidr_allowlist=["127.0.0.0/8"], metadata={"a": 1}), lambda key: key.key_type == "dk")
    child = App(derived.api_key)
    await note.good("App.list_grants", "with a derived key", child.list_grants)
    await note.bad("App.revoke_grant", "with a derived key", sdk.InsufficientScopeError, lambda: child.revoke_grant(NOBODY), "insufficient_scope")
    await note.bad("KeysNamespace.derive", "to derive more", sdk.AlterValueError, lambda: space.derive(scopes=["keys:derive"], expires_in=60))
    await note.bad("KeysNamespace.derive", "over the cap", sdk.BackendError, lambda: space.derive(scopes=["grants:read"], expires_in=10**7), "expires_in_too_long")
    await note.bad("KeysNamespace.derive", "by an agent's key", sdk.InsufficientScopeError, lambda: agent.keys.derive(scopes=["grants:read"], expires_in=60), "insufficient_scope")
    brief = App((await space.derive(scopes=["grants:read"], expires_in=1)).api_key)
    await asyncio.sleep(1.1)
    await note.bad("App.list_grants", "with an expired key", sdk.KeyExpiredError, brief.list_grants, "key_expired")
    elsewhere = App((await space.derive(scopes=["grants:read"], expires_in=60, cidr_allowlist=["192.0.2.0/24"])).api_key)
    await note.bad("App.list_grants", "from an address that is not allowed", sdk.PolicyViolationError, elsewhere.list_grants, "ip_not_allowed")
    await note.good("KeysNamespace.revoke", "the derived one", lambda: space.revoke(key_id=derived.id), lambda key: key.revoked_at)
    await note.bad("App.list_grants", "with a revoked key", sdk.KeyRevokedError, child.list_grants, "key_revoked")
    await note.bad("KeysNamespace.revoke", "the derived one again", sdk.BackendError, lambda: space.revoke(key_id=derived.id))
    old = portal.minted(APP, "to-rotate", ["grants:read"])
    rotated = await note.good("KeysNamespace.rotate", "with a week of grace", lambda: space.rotate(key_id=old["id"]), lambda key: key.api_key)
    grace = App(old["api_key"])
    await note.good("App.list_grants", "with a key in grace", grace.list_grants)
    await note.good("KeysNamespace.rotate", "without grace", lambda: space.rotate(key_id=rotated.id, overlap_days=0))
    over = App(rotated.api_key)
    await note.bad("App.list_grants", "with a key whose grace is over", sdk.KeyRotationExpiredError, over.list_grants, "key_rotated_grace_expired")
    unknown = App("alter_rk_abcdefghijklmnopqrstuv_iwpykn")
    await note.bad("App.list_grants", "with an unknown key", sdk.InvalidKeyError, unknown.list_grants, "invalid_key")
    limited = App(portal.key(APP, "slow", ["grants:read"], rate_limit_rpm=1))
    await limited.list_grants()
    await note.bad("App.list_grants", "over the limit", sdk.RateLimitError, limited.list_grants, "rate_limit_exceeded")
    await note.good("is_valid_key", "good", lambda: sdk.is_valid_key(old["api_key"]), lambda good: good)
    for client in (child, brief, elsewhere, grace, over, unknown, limited):
        await client.close()


async def odds_and_ends(note: Recorder, portal: Portal, app: App, agent: Agent, aws: str):
    now = datetime.now(timezone.utc)
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.spans", "the namespace", lambda c=client: c.spans)
        await note.good("SpansNamespace.emit", f"of {name}", lambda c=client: c.spans.emit([sdk.UserSpan(trace_id="t", name="n", start_time=now)]), lambda result: result.accepted == 1)
        await note.good(f"{name}.base_url", "the portal's", lambda c=client: c.base_url, lambda url: url == portal.base_url)
        await note.good(f"{name}.last_retry_info", "none", lambda c=client: c.last_retry_info, lambda info: info is None)
    named = App(os.environ["APP_KEY"], caller="my-svc")
    await named.list_grants()
    await note.good("App.actor_id", "of a named caller", lambda: named.actor_id)
    await note.good("App.list_grants", "signed in the second version", named.list_grants)
    await named.close()
    await note.good("Agent.actor_id", "of an agent without a name", lambda: agent.actor_id, lambda actor: actor is None)

    async def traced():
        async with agent.trace(run_id="sdk-run", thread_id="sdk-thread"):
            return await agent.request("GET", f"{portal.base_url}/provider/stripe/x", grant_id=os.environ["AGENTS_OWN"])

    await note.good("Agent.trace", "around a call", traced)
    for name, client in (("App", app), ("Agent", agent)):
        grant = aws if name == "App" else os.environ["AGENTS_OWN"]
        await note.good(f"{name}.boto3_client", "a client that signs through the portal", lambda c=client, g=grant: c.boto3_client("s3", grant_id=g, region_name="eu-west-1"))


async def seen_by_the_portal(note: Recorder, portal: Portal):
    """What the SDK did shows in the management side. It tells of a call in the background."""
    for _ in range(200):
        rows = portal.api("GET", f"/audit/events?app_id={APP}&limit=500")["items"]
        traced = [row for row in rows if row["run_id"] == "sdk-run"]
        if len(traced) == 2:
            break
        await asyncio.sleep(0.05)
    if {row["action"] for row in traced} != {"token.retrieved", "provider.called"}:
        note.fail("audit", "a traced call", f"is in the log as {traced}")
    if len({row["trace_id"] for row in traced}) != 1:
        note.fail("audit", "a traced call", f"has more than one trace: {traced}")
    if not any(row["policy_decision"] == "DENY" for row in rows):
        note.fail("audit", "a denied call", "is not in the log")


async def main() -> int:
    portal_, auto_ = portal("PORTAL"), portal("AUTO")
    note = Recorder()
    os.environ["ALTER_BASE_URL"] = auto_.base_url
    auto = App(auto_.key(APP, "sdk", ["*"]))
    auto_agent = Agent(auto_.api("POST", f"/apps/{APP}/agents/a9e47000-0001-4000-8000-000000000000/keys", {})["api_key"])
    os.environ["ALTER_BASE_URL"] = portal_.base_url
    os.environ["APP_KEY"] = portal_.key(APP, "sdk", ["*"])
    app = App(os.environ["APP_KEY"])
    agent_id, peer = "a9e47000-0001-4000-8000-000000000000", ""
    made = portal_.api("POST", f"/apps/{APP}/agents", {"name": "peer"})
    peer = made["id"]
    os.environ["AGENT_KEY"] = portal_.api("POST", f"/apps/{APP}/agents/{agent_id}/keys", {})["api_key"]
    agent = Agent(os.environ["AGENT_KEY"])
    grants_of = lambda secret: portal_.api("GET", f"/apps/{APP}/managed-secrets/{secret}/grants")
    stripe, aws = (f"5ec4e700-0001-4000-8000-00000000000{n}" for n in (0, 3))
    of = lambda secret, kind: next(grant["id"] for grant in grants_of(secret) if grant["principal"]["type"] == kind)
    system, agents_own = of(stripe, "system"), of(stripe, "agent")
    os.environ["AGENTS_OWN"] = agents_own
    prepare(portal_, agent_id)
    await scopes_and_catalogues(note, app, agent)
    token = await signing_in(note, portal_, app, auto)
    await identities(note, portal_, app, agent, token)
    connected = await connecting(note, portal_, app, agent, agent_id, auto, auto_agent, token)
    await requests(note, portal_, app, agent, system, agents_own)
    await proxy_and_policy(note, portal_, app, agent, system, agents_own)
    await narrowed(note, portal_, app, agent, system, agents_own)
    await grants(note, portal_, app, agent, agent_id, peer, connected, token, system)
    await agents(note, portal_, app)
    await keys(note, portal_, app, agent)
    await odds_and_ends(note, portal_, app, agent, of(aws, "system"))
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.close", "once", client.close, lambda nothing: nothing is None)
        await note.bad(f"{name}.list_grants", "after it was closed", sdk.AlterSDKError, client.list_grants)
    await seen_by_the_portal(note, portal_)
    await auto.close()
    await auto_agent.close()
    return report(note)


def prepare(portal: Portal, agent_id: str):
    """Things that the demo does not have: a secret that goes anywhere, one with two grants, a grant that is over."""
    create = lambda name: portal.api("POST", f"/apps/{APP}/managed-secrets", {
        "name": name, "credential_type": "bearer_token", "credential_value": f"{name}-credential",
    })
    grant = lambda secret, **more: portal.api("POST", f"/apps/{APP}/managed-secrets/{secret}/grants", {
        "principal": {"type": "system"}, **more,
    })["id"]
    os.environ["ANYWHERE"] = grant(create("anywhere")["id"], label="one")
    twice = create("twice")["id"]
    grant(twice, label="one")
    grant(twice, label="two")
    portal.api("PATCH", f"/apps/{APP}/agents/{agent_id}", {"scopes": {
        "github": ["repo"], "slack": ["chat:write"], "managed_secret_slugs": ["stripe", "twilio", "aws-reports"],
    }})
    soon = datetime.fromtimestamp(datetime.now(timezone.utc).timestamp() + 2, timezone.utc)
    os.environ["EXPIRED"] = grant(create("brief")["id"], label="brief", grant_policy={"expires_at": soon.strftime("%Y-%m-%dT%H:%M:%SZ")})


def report(note: Recorder) -> int:
    everything = {"content_match_rule", "is_valid_key", "verify_identity_assertion"}
    for name, owner in (
        ("App", App), ("Agent", Agent), ("AgentsNamespace", AgentsNamespace), ("KeysNamespace", KeysNamespace),
        ("OAuthProvidersNamespace", OAuthProvidersNamespace), ("ProviderSpecsNamespace", ProviderSpecsNamespace),
        ("ScopesNamespace", ScopesNamespace), ("SpansNamespace", SpansNamespace),
    ):
        everything |= offered(owner, name)
    for line in note.lines:
        print(line)
    for method, why in sorted(SKIPPED.items()):
        print(f"{method} | not called | {why}")
    for method in note.untouched(everything, SKIPPED):
        note.fail(method, "not called", "and no reason is given")
    for failure in note.failures:
        print(failure, file=sys.stderr)
    return 1 if note.failures else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
