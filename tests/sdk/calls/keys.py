"""Keys that make keys, and keys that do not work."""

import asyncio

import alter_sdk as sdk
from alter_sdk import Agent, App

from portal import APP, NOBODY, Portal
from recorder import Recorder


async def keys(note: Recorder, portal: Portal, app: App, agent: Agent):
    space = await note.good("App.keys", "the namespace", lambda: app.keys)
    await note.good("Agent.keys", "the namespace", lambda: agent.keys)
    derived = await note.good(
        "KeysNamespace.derive",
        "for a minute",
        lambda: space.derive(
            scopes=["grants:read"], expires_in=60, cidr_allowlist=["127.0.0.0/8"], metadata={"a": 1}
        ),
        lambda key: key.key_type == "dk",
    )
    child = App(derived.api_key)
    await note.good("App.list_grants", "with a derived key", child.list_grants)
    await note.bad(
        "App.revoke_grant",
        "with a derived key",
        sdk.InsufficientScopeError,
        lambda: child.revoke_grant(NOBODY),
        "insufficient_scope",
    )
    await note.bad(
        "KeysNamespace.derive",
        "to derive more",
        sdk.AlterValueError,
        lambda: space.derive(scopes=["keys:derive"], expires_in=60),
    )
    await note.bad(
        "KeysNamespace.derive",
        "over the cap",
        sdk.BackendError,
        lambda: space.derive(scopes=["grants:read"], expires_in=10**7),
        "expires_in_too_long",
    )
    await note.bad(
        "KeysNamespace.derive",
        "by an agent's key",
        sdk.InsufficientScopeError,
        lambda: agent.keys.derive(scopes=["grants:read"], expires_in=60),
        "insufficient_scope",
    )
    brief = App((await space.derive(scopes=["grants:read"], expires_in=1)).api_key)
    await asyncio.sleep(1.1)
    await note.bad(
        "App.list_grants", "with an expired key", sdk.KeyExpiredError, brief.list_grants, "key_expired"
    )
    elsewhere = App(
        (await space.derive(scopes=["grants:read"], expires_in=60, cidr_allowlist=["192.0.2.0/24"])).api_key
    )
    await note.bad(
        "App.list_grants",
        "from an address that is not allowed",
        sdk.PolicyViolationError,
        elsewhere.list_grants,
        "ip_not_allowed",
    )
    await note.good(
        "KeysNamespace.revoke",
        "the derived one",
        lambda: space.revoke(key_id=derived.id),
        lambda key: key.revoked_at,
    )
    await note.bad(
        "App.list_grants", "with a revoked key", sdk.KeyRevokedError, child.list_grants, "key_revoked"
    )
    await note.bad(
        "KeysNamespace.revoke",
        "the derived one again",
        sdk.BackendError,
        lambda: space.revoke(key_id=derived.id),
    )
    old = portal.minted(APP, "to-rotate", ["grants:read"])
    rotated = await note.good(
        "KeysNamespace.rotate",
        "with a week of grace",
        lambda: space.rotate(key_id=old["id"]),
        lambda key: key.api_key,
    )
    grace = App(old["api_key"])
    await note.good("App.list_grants", "with a key in grace", grace.list_grants)
    await note.good(
        "KeysNamespace.rotate", "without grace", lambda: space.rotate(key_id=rotated.id, overlap_days=0)
    )
    over = App(rotated.api_key)
    await note.bad(
        "App.list_grants",
        "with a key whose grace is over",
        sdk.KeyRotationExpiredError,
        over.list_grants,
        "key_rotated_grace_expired",
    )
    unknown = App("alter_rk_abcdefghijklmnopqrstuv_iwpykn")
    await note.bad(
        "App.list_grants", "with an unknown key", sdk.InvalidKeyError, unknown.list_grants, "invalid_key"
    )
    limited = App(portal.key(APP, "slow", ["grants:read"], rate_limit_rpm=1))
    await limited.list_grants()
    await note.bad(
        "App.list_grants", "over the limit", sdk.RateLimitError, limited.list_grants, "rate_limit_exceeded"
    )
    await note.good("is_valid_key", "good", lambda: sdk.is_valid_key(old["api_key"]), lambda good: good)
    for client in (child, brief, elsewhere, grace, over, unknown, limited):
        await client.close()
