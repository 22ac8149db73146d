"""Users who sign in, who they are, and what they connect."""

import asyncio
import json
import urllib.request

import alter_sdk as sdk
from alter_sdk import Agent, App

from portal import APP, Portal
from recorder import Recorder


async def signing_in(note: Recorder, portal: Portal, app: App, auto: App) -> str:
    session = await note.good("App.create_auth_session", "begun", app.create_auth_session)
    waiting = asyncio.create_task(app.poll_auth_session(session.session_token, timeout=30))
    await asyncio.to_thread(portal.decide, session.auth_url, user="05e40000-0001-4000-8000-000000000002")
    result = await note.good("App.poll_auth_session", "signed in on the page", waiting)
    refused = await app.create_auth_session()
    await asyncio.to_thread(portal.decide, refused.auth_url, "no")
    await note.bad(
        "App.poll_auth_session",
        "refused on the page",
        sdk.AlterSDKError,
        lambda: app.poll_auth_session(refused.session_token),
    )
    slow = await app.create_auth_session()
    await note.bad(
        "App.poll_auth_session",
        "nobody came",
        sdk.ConnectTimeoutError,
        lambda: app.poll_auth_session(slow.session_token, timeout=0.2),
    )
    await note.good(
        "App.authenticate", "with a portal that asks nobody", lambda: auto.authenticate(timeout=30)
    )
    token = result.user_token
    await note.good("App.verify_user_token", "good", lambda: app.verify_user_token(token))
    await note.good(
        "App.verify_user_token",
        "flipped",
        lambda: app.verify_user_token(token[:-4] + "AAAA"),
        lambda subject: subject is None,
    )
    return token


async def identities(note: Recorder, portal: Portal, app: App, agent: Agent, token: str):
    await note.good(
        "App.resolve_identity",
        "of the key",
        app.resolve_identity,
        lambda who: who.app_id == APP and who.app_user_id is None,
    )
    who = await note.good(
        "App.resolve_identity",
        "of a user",
        lambda: app.resolve_identity(user_token=token, include_profile=True),
        lambda who: who.email == "chloe@northwind.example" and who.user_status == "active",
    )
    await note.good(
        "Agent.resolve_identity",
        "of a user",
        lambda: agent.resolve_identity(user_token=token),
        lambda found: found.agent_id is not None and found.app_user_id == who.app_user_id,
    )
    private = await agent.resolve_identity(user_token=token)
    await note.good(
        "IdentityContext.memory_scope",
        "of an agent and a user",
        private.memory_scope,
        lambda scope: scope.partition_key.startswith("alter/v2/agent-user/"),
    )
    await note.bad(
        "IdentityContext.memory_scope", "of an app's key", sdk.MemoryIsolationError, who.memory_scope
    )
    await note.bad(
        "App.resolve_identity",
        "bad token",
        sdk.ReAuthRequiredError,
        lambda: app.resolve_identity(user_token="a.b.c"),
    )
    audience = "https://audience.example"
    for name, client, more in (("App", app, {}), ("Agent", agent, {})):
        made = await note.good(
            f"{name}.assert_identity",
            "of a user",
            lambda c=client: c.assert_identity(audience=audience, user_token=token, ttl_seconds=60),
        )
        with urllib.request.urlopen(f"{portal.base_url}/.well-known/alter-identity-jwks.json") as answer:
            jwks = json.load(answer)
        await note.good(
            "verify_identity_assertion",
            f"of {name}",
            lambda m=made: sdk.verify_identity_assertion(
                m.token, issuer=portal.base_url, audience=audience, jwks=jwks, expected_app_id=APP
            ),
        )
    await note.bad(
        "App.assert_identity",
        "no audience",
        sdk.AlterValueError,
        lambda: app.assert_identity(audience="nowhere"),
    )
    return who


async def connecting(
    note: Recorder,
    portal: Portal,
    app: App,
    agent: Agent,
    agent_id: str,
    auto: App,
    auto_agent: Agent,
    token: str,
):
    session = await note.good(
        "App.create_connect_session",
        "for a user and an agent",
        lambda: app.create_connect_session(
            allowed_providers=["github"],
            user_token=token,
            agent=agent_id,
            delegable=True,
            grant_policy={"max_ttl_seconds": 86400, "default_ttl_seconds": 3600},
        ),
    )
    await asyncio.to_thread(portal.decide, session.connect_url, account="chloe@github.example")
    done = await note.good(
        "App.poll_connect_session",
        "allowed on the page",
        lambda: app.poll_connect_session(session.session_token),
        lambda done: len(done) == 1 and done[0].delegation is not None,
    )
    refused = await app.create_connect_session(allowed_providers=["slack"], user_token=token)
    await asyncio.to_thread(portal.decide, refused.connect_url, "no")
    await note.bad(
        "App.poll_connect_session",
        "denied on the page",
        sdk.ConnectDeniedError,
        lambda: app.poll_connect_session(refused.session_token),
    )
    waiting = await app.create_connect_session(user_token=token)
    await note.bad(
        "App.poll_connect_session",
        "nobody came",
        sdk.ConnectTimeoutError,
        lambda: app.poll_connect_session(waiting.session_token, timeout=0.2),
    )
    await note.bad(
        "App.poll_connect_session",
        "unknown",
        sdk.ConnectFlowError,
        lambda: app.poll_connect_session("sess_unknown"),
    )
    await note.bad(
        "App.create_connect_session",
        "unknown provider",
        sdk.BackendError,
        lambda: app.create_connect_session(allowed_providers=["zoom"]),
        "provider_configuration_unavailable",
    )
    await note.bad(
        "App.create_connect_session",
        "unknown agent",
        sdk.AgentNotFoundError,
        lambda: app.create_connect_session(user_token=token, agent="nobody"),
        "agent_not_found",
    )
    await note.good(
        "App.connect",
        "with a portal that asks nobody",
        lambda: auto.connect(providers=["github"], open_browser=False, timeout=10),
    )
    repair = await note.good(
        "App.create_connect_session",
        "to repair a grant",
        lambda: app.create_connect_session(
            allowed_providers=["github"], user_token=token, repair_grant_id=done[0].grant_id
        ),
    )
    await asyncio.to_thread(portal.decide, repair.connect_url)
    await note.good(
        "App.poll_connect_session",
        "repaired",
        lambda: app.poll_connect_session(repair.session_token),
        lambda again: again[0].operation == "reauth" and again[0].grant_id == done[0].grant_id,
    )
    labelled = await note.good(
        "App.create_connect_session",
        "with a label",
        lambda: app.create_connect_session(
            allowed_providers=["google"], user_token=token, requested_grant={"label": "work"}
        ),
    )
    await asyncio.to_thread(portal.decide, labelled.connect_url)
    await note.good(
        "App.list_grants",
        "by label",
        lambda: app.list_grants(label="work", account="chloe@northwind.example"),
        lambda found: found.total == 1,
    )
    await note.bad(
        "App.create_connect_session",
        "more scopes than the app asks for",
        sdk.BackendError,
        lambda: app.create_connect_session(
            allowed_providers=["github"], required_scopes={"github": ["delete_repo"]}
        ),
        "scope_not_allowed",
    )
    await note.bad(
        "Agent.create_connect_session",
        "for another agent",
        sdk.BackendError,
        lambda: agent.create_connect_session(user_token=token, agent="invoice-peer"),
        "agent_cannot_delegate_to_other_agent",
    )
    own = await note.good(
        "Agent.create_connect_session",
        "for itself",
        lambda: agent.create_connect_session(allowed_providers=["slack"], user_token=token),
    )
    await asyncio.to_thread(portal.decide, own.connect_url, account="chloe@slack.example")
    await note.good(
        "Agent.poll_connect_session",
        "allowed on the page",
        lambda: agent.poll_connect_session(own.session_token),
    )
    await note.bad(
        "Agent.connect",
        "an agent needs a user",
        sdk.BackendError,
        lambda: auto_agent.connect(providers=["github"], open_browser=False, timeout=10),
        "agent_requires_user_token",
    )
    secret = await note.good(
        "App.create_managed_secret_connect_session",
        "the user has it",
        lambda: app.create_managed_secret_connect_session(
            provider="stripe", user_token=token, agent=agent_id, delegable=True
        ),
        lambda session: session.path == "fast_path",
    )
    await asyncio.to_thread(portal.decide, secret.connect_url)
    await note.good(
        "App.poll_connect_session",
        "of a managed secret",
        lambda: app.poll_connect_session(secret.session_token),
    )
    entered = await note.good(
        "Agent.create_managed_secret_connect_session",
        "a key of their own",
        lambda: agent.create_managed_secret_connect_session(provider="aws-reports", user_token=token),
        lambda session: session.path == "key_entry",
    )
    await asyncio.to_thread(portal.decide, entered.connect_url, credential="a-key-of-mine")
    await note.good(
        "Agent.poll_connect_session",
        "of a key of their own",
        lambda: agent.poll_connect_session(entered.session_token),
    )
    await note.bad(
        "App.create_managed_secret_connect_session",
        "unknown",
        sdk.ConnectConfigError,
        lambda: app.create_managed_secret_connect_session(provider="none", user_token=token),
        "secret_not_found",
    )
    return done[0]
