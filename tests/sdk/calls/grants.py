"""Grants: listed, passed on, made and ended."""

import os

import alter_sdk as sdk
from alter_sdk import Agent, App

from portal import APP, NOBODY, Portal
from recorder import Recorder


async def grants(
    note: Recorder,
    portal: Portal,
    app: App,
    agent: Agent,
    agent_id: str,
    peer: str,
    connected,
    token: str,
    system: str,
):
    echo = f"{portal.base_url}/provider/github/user"
    await note.good("App.list_grants", "all", app.list_grants, lambda found: found.total > 10)
    await note.good(
        "App.list_grants",
        "a page of a provider's",
        lambda: app.list_grants(provider_id="stripe", status="active", limit=2),
        lambda found: len(found.grants) == 2 and found.has_more,
    )
    await note.good(
        "App.list_grants",
        "a user's",
        lambda: app.list_grants(end_user_token=token),
        lambda found: all(grant.principal_type in ("user", "agent") for grant in found.grants),
    )
    own = await note.good("Agent.list_grants", "its own", agent.list_grants, lambda found: found.total >= 3)
    delegated = next(
        grant for grant in own.grants if grant.grant_kind == "oauth" and grant.provider_id == "github"
    )
    await note.bad(
        "Agent.request",
        "a delegated grant",
        sdk.RestrictedGrantRequiresProxyError,
        lambda: agent.request("GET", echo, grant_id=delegated.grant_id),
        "delegated_grant_requires_proxy",
    )
    await note.good(
        "Agent.proxy_request",
        "a delegated grant",
        lambda: agent.proxy_request("GET", echo, provider="github"),
        lambda result: result.status_code == 200,
    )
    await note.good(
        "Agent.resolve_identity",
        "of a user who delegated",
        lambda: agent.resolve_identity(app_user_id="05e40000-0001-4000-8000-000000000002"),
        lambda who: who.app_user_id is not None,
    )
    await note.good(
        "Agent.delegate",
        "to a peer",
        lambda: agent.delegate(
            delegated.grant_id, peer, delegable=False, scope_constraint=["repo"], ttl_seconds=60
        ),
        lambda made: made.depth == 2,
    )
    await note.bad(
        "Agent.delegate",
        "what it was not given to pass on",
        sdk.GrantNotDelegableError,
        lambda: agent.delegate(os.environ["AGENTS_OWN"], peer),
        "grant_not_delegable",
    )
    await note.bad(
        "Agent.delegate",
        "to nobody",
        sdk.AgentNotFoundError,
        lambda: agent.delegate(delegated.grant_id, NOBODY),
        "agent_not_found",
    )
    await note.good(
        "App.revoke_delegation",
        "the peer's",
        lambda: app.revoke_delegation(delegated.grant_id, peer),
        lambda nothing: nothing is None,
    )
    await note.good(
        "App.revoke_delegation",
        "again",
        lambda: app.revoke_delegation(delegated.grant_id, peer),
        lambda nothing: nothing is None,
    )
    sibling = await note.good(
        "App.mint_grant",
        "a sibling",
        lambda: app.mint_grant(
            system, label="second", grant_policy={"max_ttl_seconds": 60}, grant_tags=["a"]
        ),
        lambda made: made.label == "second",
    )
    await note.bad(
        "App.mint_grant",
        "a label that is taken",
        sdk.SiblingLabelConflictError,
        lambda: app.mint_grant(system, label="second"),
        "sibling_label_conflict",
    )
    rule = portal.rule(APP, "json_match", {"when": {"method": "PUT"}, "effect": "deny"}, f"/grants/{system}")
    await note.bad(
        "App.mint_grant",
        "of a grant with rules of its own",
        sdk.PolicyViolationError,
        lambda: app.mint_grant(system, label="third"),
        "mint_source_has_grant_rules",
    )
    portal.drop_rule(APP, rule, f"/grants/{system}")
    for case, principal in (
        ("a user", sdk.UserPrincipal(user_token=token, label="theirs")),
        (
            "a group",
            sdk.GroupPrincipal(
                external_group_id="00gengineer1", idp_id="1d900000-0001-4000-8000-000000000000", label="ours"
            ),
        ),
        ("the system", sdk.SystemPrincipal(label="the app")),
    ):
        await note.good(
            "App.create_managed_secret_grant",
            f"for {case}",
            lambda p=principal: app.create_managed_secret_grant(
                "5ec4e700-0001-4000-8000-000000000001", principal=p
            ),
        )
    await note.bad(
        "App.create_managed_secret_grant",
        "for an agent",
        sdk.BackendError,
        lambda: app.create_managed_secret_grant("datadog", principal=sdk.AgentPrincipal()),
    )
    await note.bad(
        "App.create_managed_secret_grant",
        "of nothing",
        sdk.ConnectConfigError,
        lambda: app.create_managed_secret_grant("none", principal=sdk.SystemPrincipal()),
        "secret_not_found",
    )
    await note.good(
        "Agent.revoke_delegation",
        "its own",
        lambda: agent.revoke_delegation(delegated.grant_id),
        lambda nothing: nothing is None,
    )
    await note.bad(
        "Agent.proxy_request",
        "what it gave up",
        sdk.GrantRevokedError,
        lambda: agent.proxy_request("GET", echo, grant_id=delegated.grant_id),
        "grant_revoked",
    )
    await note.good(
        "App.revoke_grant",
        "a sibling",
        lambda: app.revoke_grant(sibling.grant_id, reason="a test"),
        lambda done: done.success,
    )
    await note.bad(
        "App.request",
        "a revoked grant",
        sdk.GrantRevokedError,
        lambda: app.request("GET", echo, grant_id=sibling.grant_id),
        "grant_revoked",
    )
    await note.bad(
        "App.request",
        "an expired grant",
        sdk.GrantExpiredError,
        lambda: app.request("GET", echo, grant_id=os.environ["EXPIRED"]),
        "grant_expired",
    )
    missing = await note.bad(
        "Agent.request",
        "nothing for a provider",
        sdk.NoDelegatedGrantError,
        lambda: agent.request("GET", echo, provider="google"),
        "no_delegated_grant",
    )
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(
            f"{name}.create_connect_session_for_error",
            "for a provider",
            lambda c=client: c.create_connect_session_for_error(missing, user_token=token),
        )
