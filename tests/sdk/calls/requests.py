"""Calls to a provider: made by the caller, made by the portal, and narrowed."""

import asyncio
import os

import alter_sdk as sdk
from alter_sdk import Agent, App

from issuer import Issuer
from portal import APP, NOBODY, Portal
from recorder import Recorder


async def requests(note: Recorder, portal: Portal, app: App, agent: Agent, system: str, agents_own: str):
    echo = f"{portal.base_url}/provider/stripe/v1/charges"
    good = lambda answer: answer.status_code == 200 and answer.json()["credentials"][0]["kind"] == "bearer"
    await note.good(
        "App.request", "by grant", lambda: app.request("GET", echo, grant_id=system, reason="a test"), good
    )
    await note.good(
        "App.request",
        "by slug",
        lambda: app.request("POST", echo, provider="stripe", label="backend", json={"é": 1}),
        good,
    )
    await note.good(
        "Agent.request",
        "by grant",
        lambda: agent.request("GET", echo, grant_id=agents_own, query_params={"limit": 1}),
        good,
    )
    await note.good(
        "App.request",
        "with a context",
        lambda: app.request("GET", echo, grant_id=system, context={"ticket": "1"}),
        good,
    )
    await note.good(
        "App.request",
        "a redirect",
        lambda: app.request("GET", f"{echo}?status=302", grant_id=system),
        lambda answer: answer.status_code == 302,
    )
    await note.good(
        "App.request",
        "a long answer",
        lambda: app.request("GET", f"{echo}?bytes=3000000", grant_id=system),
        lambda answer: len(answer.content) == 3_000_000,
    )
    await note.good(
        "App.last_rate_limit", "after a call", lambda: app.last_rate_limit, lambda limit: limit.limit == 600
    )
    await note.good(
        "Agent.last_rate_limit",
        "after a call",
        lambda: agent.last_rate_limit,
        lambda limit: limit.limit == 600,
    )
    await note.bad(
        "App.request",
        "the provider is down",
        sdk.ProviderAPIError,
        lambda: app.request("GET", f"{echo}?status=500", grant_id=system),
    )
    await note.bad(
        "App.request",
        "the provider refuses",
        sdk.ProviderUnauthorizedError,
        lambda: app.request("GET", f"{echo}?status=401", grant_id=system),
    )
    await note.bad(
        "App.request",
        "scopes are missing",
        sdk.ScopeReauthRequiredError,
        lambda: app.request("GET", f"{echo}?status=403&missing=charges:read", grant_id=system),
    )
    await note.bad(
        "App.request",
        "no such grant",
        sdk.GrantNotFoundError,
        lambda: app.request("GET", echo, grant_id=NOBODY),
        "grant_not_found",
    )
    await note.bad(
        "App.request",
        "another app's grant",
        sdk.GrantNotFoundError,
        lambda: app.request("GET", echo, grant_id="9a470000-0001-4000-8000-000000000074"),
        "grant_not_found",
    )
    await note.bad(
        "App.request",
        "several grants fit",
        sdk.AmbiguousGrantError,
        lambda: app.request("GET", echo, provider="twice"),
        "ambiguous_grant",
    )
    await note.bad(
        "Agent.request",
        "the app's grant",
        sdk.AgentDelegationMissingError,
        lambda: agent.request("GET", echo, grant_id=system),
        "grant_not_found",
    )
    await note.bad(
        "App.request",
        "an agent's grant",
        sdk.GrantNotFoundError,
        lambda: app.request("GET", echo, grant_id=agents_own),
        "grant_not_found",
    )
    await note.bad(
        "Agent.request",
        "nothing delegated",
        sdk.NoDelegatedGrantError,
        lambda: agent.request("GET", echo, provider="google"),
        "no_delegated_grant",
    )
    await note.bad(
        "App.request",
        "a host that is not allowed",
        sdk.PolicyViolationError,
        lambda: app.request("GET", "https://elsewhere.example/", grant_id=system),
        "host_not_allowed",
    )
    await note.bad(
        "App.request",
        "a plain address",
        sdk.AlterValueError,
        lambda: app.request("GET", "http://elsewhere.example/", grant_id=system),
    )
    await note.bad(
        "App.request",
        "nobody listens there",
        sdk.NetworkError,
        lambda: app.request("GET", "http://127.0.0.1:9/", grant_id=os.environ["ANYWHERE"]),
    )
    slow = App(os.environ["APP_KEY"], timeout=0.3)
    await note.bad(
        "App.request",
        "the provider is slow",
        sdk.TimeoutError,
        lambda: slow.request("GET", f"{echo}?slow=2000", grant_id=system),
    )
    await slow.close()


async def proxy_and_policy(
    note: Recorder, portal: Portal, app: App, agent: Agent, system: str, agents_own: str
):
    echo = f"{portal.base_url}/provider/stripe/v1/charges"
    for name, client, grant in (("App", app, system), ("Agent", agent, agents_own)):
        await note.good(
            f"{name}.proxy_request",
            "allowed",
            lambda c=client, g=grant: c.proxy_request(
                "POST", echo, grant_id=g, json={"a": 1}, query_params={"b": "c"}
            ),
            lambda result: result.status_code == 200,
        )
    await note.bad(
        "App.proxy_request",
        "a header that is not the caller's",
        sdk.AlterValueError,
        lambda: app.proxy_request("GET", echo, grant_id=system, extra_headers={"Host": "elsewhere"}),
    )
    await note.bad(
        "App.proxy_request",
        "a host that is not allowed",
        sdk.BlockedDestinationError,
        lambda: app.proxy_request("GET", "https://elsewhere.example/", grant_id=system),
        "blocked_destination",
    )
    await note.bad(
        "App.proxy_request",
        "a secret without hosts",
        sdk.PolicyViolationError,
        lambda: app.proxy_request("GET", "https://elsewhere.example/", grant_id=os.environ["ANYWHERE"]),
        "host_not_allowed",
    )
    grants = portal.api("GET", f"/apps/{APP}/grants?status=active&limit=100")["items"]
    account = next(grant["id"] for grant in grants if grant["provider_id"] == "google")
    server = Issuer("https://api.example")
    await note.good(
        "App.proxy_request",
        "another server of this machine",
        lambda: app.proxy_request("GET", f"{server.url}/keys", grant_id=account),
        lambda result: result.status_code == 200,
    )
    server.close()
    await note.bad(
        "App.proxy_request",
        "a server elsewhere",
        sdk.BlockedDestinationError,
        lambda: app.proxy_request("GET", "https://elsewhere.example/", grant_id=account),
        "blocked_destination",
    )
    await note.bad(
        "App.proxy_request",
        "nobody listens there",
        sdk.BackendError,
        lambda: app.proxy_request("GET", "http://127.0.0.1:9/", grant_id=account),
        "upstream_unreachable",
    )
    deny = portal.rule(APP, "json_match", {"when": {"method": "DELETE"}, "effect": "deny"})
    for name, client, grant in (("App", app, system), ("Agent", agent, agents_own)):
        await note.bad(
            f"{name}.request",
            "forbidden by a rule",
            sdk.PolicyViolationError,
            lambda c=client, g=grant: c.request("DELETE", echo, grant_id=g),
            "policy_denied",
        )
        await note.bad(
            f"{name}.proxy_request",
            "forbidden by a rule",
            sdk.PolicyViolationError,
            lambda c=client, g=grant: c.proxy_request("DELETE", echo, grant_id=g),
            "policy_denied",
        )
    portal.drop_rule(APP, deny)
    hold = portal.rule(
        APP,
        "require_approval",
        {"effect": "require_approval", "approval": {"expires_in_seconds": 60}, "when": {"method": "PUT"}},
    )
    await note.bad(
        "App.request",
        "a rule wants an approval",
        sdk.RestrictedGrantRequiresProxyError,
        lambda: app.request("PUT", echo, grant_id=system),
        "hitl_grant_requires_proxy",
    )
    for name, client, grant in (("App", app, system), ("Agent", agent, agents_own)):
        held = await note.good(
            f"{name}.proxy_request",
            "held for an approval",
            lambda c=client, g=grant: c.proxy_request("PUT", echo, grant_id=g, json={"n": 2}),
            lambda held: isinstance(held, sdk.PendingApproval),
        )
        await note.good(
            f"{name}.get_approval_status",
            "pending",
            lambda c=client, h=held: c.get_approval_status(str(h.approval_id)),
            lambda status: status.status == "pending",
        )
        await note.bad(
            f"{name}.await_approval",
            "nobody came",
            sdk.ApprovalTimeoutError,
            lambda c=client, h=held: c.await_approval(str(h.approval_id), timeout=0.2),
        )
        waiting = asyncio.create_task(client.await_approval(str(held.approval_id), timeout=30))
        await asyncio.to_thread(portal.decide, held.approval_url)
        await note.good(
            f"{name}.await_approval",
            "approved on the page",
            waiting,
            lambda result: result.status_code == 200,
        )
        await note.good(
            f"{name}.get_approval_status",
            "executed, waited for",
            lambda c=client, h=held: c.get_approval_status(str(h.approval_id), wait=5),
            lambda status: status.status == "executed",
        )
        refused = await client.proxy_request("PUT", echo, grant_id=grant)
        await asyncio.to_thread(portal.decide, refused.approval_url, "no")
        await note.bad(
            f"{name}.await_approval",
            "denied on the page",
            sdk.ApprovalDeniedError,
            lambda c=client, r=refused: c.await_approval(str(r.approval_id), timeout=5),
        )
    sibling = await app.mint_grant(system, label="to be revoked")
    held = await app.proxy_request("PUT", echo, grant_id=sibling.grant_id)
    await app.revoke_grant(sibling.grant_id)
    await asyncio.to_thread(portal.decide, held.approval_url)
    await note.bad(
        "App.await_approval",
        "the grant was revoked meanwhile",
        sdk.ApprovalExecutionFailedError,
        lambda: app.await_approval(str(held.approval_id), timeout=5),
    )
    portal.drop_rule(APP, hold)
    await note.bad(
        "App.get_approval_status",
        "unknown",
        sdk.BackendError,
        lambda: app.get_approval_status(NOBODY),
        "approval_not_found",
    )


async def narrowed(note: Recorder, portal: Portal, app: App, agent: Agent, system: str, agents_own: str):
    echo = f"{portal.base_url}/provider/stripe/v1/charges"
    small = await note.good(
        "App.with_constraints", "fewer scopes", lambda: app.with_constraints(scopes=["grants:read"])
    )
    await note.good("App.list_grants", "under a constraint that has it", small.list_grants)
    await note.bad(
        "App.request",
        "under a constraint that has it not",
        sdk.InsufficientScopeError,
        lambda: small.request("GET", echo, grant_id=system),
        "insufficient_scope",
    )
    ruled = await note.good(
        "Agent.with_constraints",
        "a rule of its own",
        lambda: agent.with_constraints(
            rule={"rule_type": "json_match", "rule_body": {"when": {"method": "POST"}, "effect": "deny"}}
        ),
    )
    await note.good(
        "Agent.request", "that the rule lets pass", lambda: ruled.request("GET", echo, grant_id=agents_own)
    )
    await note.bad(
        "Agent.request",
        "that the rule forbids",
        sdk.PolicyViolationError,
        lambda: ruled.request("POST", echo, grant_id=agents_own),
        "policy_denied",
    )
    content = await note.good(
        "content_match_rule", "made", lambda: sdk.content_match_rule(families=["delete"])
    )
    await note.bad(
        "App.request",
        "under a rule that the portal cannot evaluate",
        sdk.PolicyViolationError,
        lambda: app.with_constraints(rule=content).request("GET", echo, grant_id=system),
        "policy_error",
    )
    wide = App(portal.key(APP, "narrow", ["tokens:retrieve"]))
    await note.bad(
        "App.list_grants",
        "a constraint that widens",
        sdk.BackendError,
        lambda: wide.with_constraints(scopes=["grants:read"]).list_grants(),
        "constraint_not_narrowing",
    )
    await wide.close()
