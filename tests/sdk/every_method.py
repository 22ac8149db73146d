"""Calls every public method of the published SDK against a portal, and writes down what came back.

The environment gives two portals: PORTAL, at which this program plays the person, and AUTO, which needs none.
"""

import asyncio
import contextlib
import json
import os
import sys

import alter_sdk as sdk
from alter_sdk import Agent, App
from alter_sdk.agents import AgentsNamespace
from alter_sdk.keys import KeysNamespace
from alter_sdk.oauth_providers import OAuthProvidersNamespace
from alter_sdk.provider_specs import ProviderSpecsNamespace
from alter_sdk.scopes import ScopesNamespace
from alter_sdk.spans import SpansNamespace

from calls import agents, catalogues, grants, issuers, keys, people, requests, rest
from portal import APP, Portal
from recorder import Recorder, offered

# What is not called here, and why.
SKIPPED: dict[str, str] = {}

# The errors that are not met here, and why.
UNMET = {
    "AgentError": "the class that those about agents have in common",
    "AgentKeyLimitError": "the portal puts no limit on the keys of an agent",
    "ApprovalError": "the class that those about approvals have in common",
    "ApprovalExpiredError": "the shortest approval lasts a minute",
    "CallerAgentResolutionError": "a passing fault of the product's own",
    "CredentialIdRequiredError": "a managed secret of the portal has one credential",
    "CredentialRevokedError": "no provider of the portal takes a credential back",
    "EndUserCredentialNotAssignableError": "a managed secret of the portal has one credential",
    "GrantDeletedError": "the portal keeps the grants that are over",
    "KeyAppNotFoundError": "a fault of the product's own; keys go away with their app",
    "KeyInactiveError": "the portal has no other state of a key",
    "QuotaExceededError": "the portal has no rules with quotas",
    "RedactDischargeFailedError": "the portal has no rules that redact",
    "ServerFeatureUnsupportedError": "the portal has every feature that the SDK asks for",
    "StepUpRequiredError": "the portal has no rules that ask for a fresh sign-in",
    "TokenRefreshInProgressError": "no token of the portal is refreshed",
}


def portal(name: str) -> Portal:
    ready = json.loads(os.environ[name])
    return Portal(ready["base_url"], ready["pat"])


async def main(note: Recorder):
    portal_, auto_ = portal("PORTAL"), portal("AUTO")
    os.environ["ALTER_BASE_URL"] = auto_.base_url
    auto = App(auto_.key(APP, "sdk", ["*"]))
    auto_agent = Agent(
        auto_.api("POST", f"/apps/{APP}/agents/a9e47000-0001-4000-8000-000000000000/keys", {})["api_key"]
    )
    os.environ["ALTER_BASE_URL"] = portal_.base_url
    os.environ["APP_KEY"] = portal_.key(APP, "sdk", ["*"])
    app = App(os.environ["APP_KEY"])
    agent_id, peer = "a9e47000-0001-4000-8000-000000000000", ""
    made = portal_.api("POST", f"/apps/{APP}/agents", {"name": "invoice-peer"})
    peer = made["id"]
    os.environ["AGENT_KEY"] = portal_.api("POST", f"/apps/{APP}/agents/{agent_id}/keys", {})["api_key"]
    agent = Agent(os.environ["AGENT_KEY"])
    grants_of = lambda secret: portal_.api("GET", f"/apps/{APP}/managed-secrets/{secret}/grants")
    stripe, aws = (f"5ec4e700-0001-4000-8000-00000000000{n}" for n in (0, 3))
    of = lambda secret, kind: next(
        grant["id"] for grant in grants_of(secret) if grant["principal"]["type"] == kind
    )
    system, agents_own = of(stripe, "system"), of(stripe, "agent")
    os.environ["AGENTS_OWN"] = agents_own
    prepare(portal_, agent_id)
    await catalogues.scopes_and_catalogues(note, app, agent)
    token = await people.signing_in(note, portal_, app, auto)
    await people.identities(note, portal_, app, agent, token)
    connected = await people.connecting(note, portal_, app, agent, agent_id, auto, auto_agent, token)
    await requests.requests(note, portal_, app, agent, system, agents_own)
    await requests.proxy_and_policy(note, portal_, app, agent, system, agents_own)
    await requests.narrowed(note, portal_, app, agent, system, agents_own)
    await grants.grants(note, portal_, app, agent, agent_id, peer, connected, token, system)
    await agents.agents(note, portal_, app)
    await keys.keys(note, portal_, app, agent)
    await issuers.tokens(note, portal_)
    await rest.odds_and_ends(note, portal_, app, agent, of(aws, "system"))
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.close", "once", client.close, lambda nothing: nothing is None)
        await note.bad(f"{name}.list_grants", "after it was closed", sdk.AlterSDKError, client.list_grants)
    await rest.seen_by_the_portal(note, portal_)
    await auto.close()
    await auto_agent.close()


def prepare(portal: Portal, agent_id: str):
    """Things that the demo does not have: a secret that goes anywhere, one with two grants, a grant that is over."""
    create = lambda name: portal.api(
        "POST",
        f"/apps/{APP}/managed-secrets",
        {
            "name": name,
            "credential_type": "bearer_token",
            "credential_value": f"{name}-credential",
        },
    )
    grant = lambda secret, **more: portal.api(
        "POST",
        f"/apps/{APP}/managed-secrets/{secret}/grants",
        {
            "principal": {"type": "system"},
            **more,
        },
    )["id"]
    os.environ["ANYWHERE"] = grant(create("anywhere")["id"], label="one")
    twice = create("twice")["id"]
    grant(twice, label="one")
    grant(twice, label="two")
    portal.api(
        "PATCH",
        f"/apps/{APP}/agents/{agent_id}",
        {
            "scopes": {
                "github": ["repo"],
                "slack": ["chat:write"],
                "managed_secret_slugs": ["stripe", "twilio", "aws-reports"],
            }
        },
    )
    os.environ["EXPIRED"] = portal.api("GET", f"/apps/{APP}/grants?status=expired")["items"][0]["id"]


def report(note: Recorder) -> int:
    everything = {
        "content_match_rule",
        "is_valid_key",
        "verify_identity_assertion",
        "IdentityContext.memory_scope",
    }
    for name, owner in (
        ("App", App),
        ("Agent", Agent),
        ("AgentsNamespace", AgentsNamespace),
        ("KeysNamespace", KeysNamespace),
        ("OAuthProvidersNamespace", OAuthProvidersNamespace),
        ("ProviderSpecsNamespace", ProviderSpecsNamespace),
        ("ScopesNamespace", ScopesNamespace),
        ("SpansNamespace", SpansNamespace),
    ):
        everything |= offered(owner, name)
    for line in note.lines:
        print(line)
    for method, why in sorted(SKIPPED.items()):
        print(f"{method} | not called | {why}")
    for method in note.untouched(everything, SKIPPED):
        note.fail(method, "not called", "and no reason is given")
    errors = {
        name
        for name in sdk.__all__
        if isinstance(getattr(sdk, name), type) and issubclass(getattr(sdk, name), Exception)
    }
    for name, why in sorted(UNMET.items()):
        print(f"{name} | not met | {why}")
    for name in sorted(errors - note.met - set(UNMET)):
        note.fail(name, "not met", "and no reason is given")
    for name in sorted(note.met & set(UNMET)):
        note.fail(name, "met", "although a reason says why not")
    for failure in note.failures:
        print(failure, file=sys.stderr)
    return 1 if note.failures else 0


if __name__ == "__main__":
    recorder = Recorder()
    # The SDK prints addresses to be opened; standard output is the list's alone.
    with contextlib.redirect_stdout(sys.stderr):
        asyncio.run(main(recorder))
    sys.exit(report(recorder))
