"""Agents and their keys."""

import os

import alter_sdk as sdk
from alter_sdk import Agent, App

from portal import NOBODY, Portal
from recorder import Recorder


async def agents(note: Recorder, portal: Portal, app: App):
    space = await note.good("App.agents", "the namespace", lambda: app.agents)
    made = await note.good(
        "AgentsNamespace.create",
        "new",
        lambda: space.create(
            name="sdk-made", scopes={"github": ["repo", "user"]}, display_name="Made", metadata={"a": 1}
        ),
        lambda made: made.api_key,
    )
    await note.bad(
        "AgentsNamespace.create",
        "a name that is taken",
        sdk.AgentNameExistsError,
        lambda: space.create(name="sdk-made", scopes={}),
        "agent_name_exists",
    )
    await note.good(
        "AgentsNamespace.create",
        "under a key",
        lambda: space.create(name="sdk-twice", scopes={}, idempotency_key="k1"),
        lambda made: made.api_key,
    )
    await note.good(
        "AgentsNamespace.create",
        "the same again",
        lambda: space.create(name="sdk-twice", scopes={}, idempotency_key="k1"),
        lambda made: made.api_key is None,
    )
    await note.bad(
        "AgentsNamespace.create",
        "another under the same key",
        sdk.IdempotencyKeyBodyMismatchError,
        lambda: space.create(name="sdk-other", scopes={}, idempotency_key="k1"),
        "idempotency_key_body_mismatch",
    )
    again = lambda: space.create(name="sdk-twice", scopes={}, idempotency_key="k1")
    twice = await space.get_by_name("sdk-twice")
    await space.suspend(str(twice.id))
    await note.bad(
        "AgentsNamespace.create",
        "the same again, suspended",
        sdk.IdempotencyKeyAgentInactiveError,
        again,
        "idempotency_key_agent_inactive",
    )
    await space.delete(str(twice.id))
    await note.bad(
        "AgentsNamespace.create",
        "the same again, revoked",
        sdk.IdempotencyKeyAgentRevokedError,
        again,
        "idempotency_key_agent_revoked",
    )
    of_an_agent = App(os.environ["AGENT_KEY"])
    await note.bad(
        "AgentsNamespace.create",
        "with an agent's key",
        sdk.AgentCannotMintSubagentsError,
        lambda: of_an_agent.agents.create(name="sub", scopes={}),
        "agent_cannot_mint_subagents",
    )
    await of_an_agent.close()
    await note.good("AgentsNamespace.get", "known", lambda: space.get(str(made.id)))
    await note.bad(
        "AgentsNamespace.get", "unknown", sdk.AgentNotFoundError, lambda: space.get(NOBODY), "agent_not_found"
    )
    await note.good("AgentsNamespace.get_by_name", "known", lambda: space.get_by_name("sdk-made"))
    await note.good(
        "AgentsNamespace.get_by_name",
        "unknown",
        lambda: space.get_by_name("none"),
        lambda found: found is None,
    )
    await note.good(
        "AgentsNamespace.list",
        "a page",
        lambda: space.list(limit=2, offset=1, include_revoked=True),
        lambda page: len(page.agents) == 2,
    )
    changed = await note.good(
        "AgentsNamespace.update",
        "its display name",
        lambda: space.update(str(made.id), display_name="Renamed"),
        lambda agent: agent.display_name == "Renamed",
    )
    await note.bad(
        "AgentsNamespace.update",
        "an old version",
        sdk.AgentConcurrentUpdateError,
        lambda: space.update(str(made.id), scopes={"github": ["repo"]}, expected_version=changed.version - 1),
        "agent_concurrent_update",
    )
    await note.good(
        "AgentsNamespace.update",
        "fewer scopes",
        lambda: space.update(
            str(made.id), scopes={"github": ["repo"]}, expected_version=changed.version, grace_seconds=3600
        ),
        lambda agent: agent.scopes_pending == {"github": ["repo"]} and "user" in agent.scopes["github"],
    )
    key = await note.good(
        "AgentsNamespace.mint_key", "a second", lambda: space.mint_key(str(made.id)), lambda key: key.api_key
    )
    await note.good(
        "AgentsNamespace.list_keys",
        "both",
        lambda: space.list_keys(str(made.id)),
        lambda keys: len(keys.items) == 2,
    )
    await note.good(
        "AgentsNamespace.deprecate_key",
        "the second",
        lambda: space.deprecate_key(str(made.id), str(key.key_id)),
        lambda key: key.deprecated_at,
    )
    await note.good(
        "AgentsNamespace.undeprecate_key",
        "the second",
        lambda: space.undeprecate_key(str(made.id), str(key.key_id)),
        lambda key: key.deprecated_at is None,
    )
    await note.good(
        "AgentsNamespace.revoke_key",
        "the second",
        lambda: space.revoke_key(str(made.id), str(key.key_id)),
        lambda key: key.revoked_at,
    )
    await note.bad(
        "AgentsNamespace.revoke_key",
        "the second again",
        sdk.KeyAlreadyRevokedError,
        lambda: space.revoke_key(str(made.id), str(key.key_id)),
        "key_revoked",
    )
    await note.bad(
        "AgentsNamespace.revoke_key",
        "unknown",
        sdk.KeyNotFoundError,
        lambda: space.revoke_key(str(made.id), NOBODY),
        "key_not_found",
    )
    await note.bad(
        "AgentsNamespace.revoke_key",
        "the last",
        sdk.LastActiveKeyError,
        lambda: space.revoke_key(str(made.id), str(made.key_id)),
        "last_active_key",
    )
    itself = Agent(made.api_key)
    await note.good("Agent.me", "active", itself.me, lambda me: me.name == "sdk-made")
    await note.good(
        "AgentsNamespace.suspend",
        "it",
        lambda: space.suspend(str(made.id)),
        lambda agent: agent.status == "inactive",
    )
    await note.good("Agent.me", "suspended", itself.me, lambda me: me.status == "inactive")
    await note.bad(
        "Agent.list_grants", "suspended", sdk.AgentInactiveError, itself.list_grants, "agent_inactive"
    )
    await note.good(
        "AgentsNamespace.resume",
        "it",
        lambda: space.resume(str(made.id)),
        lambda agent: agent.status == "active",
    )
    await note.good(
        "AgentsNamespace.delete",
        "it",
        lambda: space.delete(str(made.id)),
        lambda agent: agent.status == "revoked",
    )
    await note.bad("Agent.list_grants", "revoked", sdk.AgentRevokedError, itself.list_grants, "agent_revoked")
    await itself.close()
    acting = await note.good(
        "App.get_agent", "acting for an agent", lambda: app.get_agent("a9e47000-0001-4000-8000-000000000000")
    )
    await note.good(
        "Agent.resolve_identity",
        "of an agent by an app's key",
        acting.resolve_identity,
        lambda who: who.agent_id == "a9e47000-0001-4000-8000-000000000000",
    )
    await note.bad(
        "Agent.resolve_identity",
        "of an agent that is none",
        sdk.AgentNotFoundError,
        app.get_agent(NOBODY).resolve_identity,
    )
    stranger = Agent(os.environ["AGENT_KEY"], caller=NOBODY)
    await note.bad(
        "Agent.list_grants",
        "in another agent's name",
        sdk.CallerAgentMismatchError,
        stranger.list_grants,
        "caller_agent_mismatch",
    )
    await stranger.close()
    apps_own = Agent(os.environ["APP_KEY"])
    await note.bad(
        "Agent.me", "with an app's key", sdk.MeRequiresAgentKeyError, apps_own.me, "me_requires_agent_key"
    )
    await apps_own.close()
