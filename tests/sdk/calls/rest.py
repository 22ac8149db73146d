"""What is left: spans, traces, names, and what the portal has seen."""

import asyncio
import os
from datetime import datetime, timezone

import alter_sdk as sdk
from alter_sdk import Agent, App

from portal import APP, Portal
from recorder import Recorder


async def odds_and_ends(note: Recorder, portal: Portal, app: App, agent: Agent, aws: str):
    now = datetime.now(timezone.utc)
    for name, client in (("App", app), ("Agent", agent)):
        await note.good(f"{name}.spans", "the namespace", lambda c=client: c.spans)
        await note.good(
            "SpansNamespace.emit",
            f"of {name}",
            lambda c=client: c.spans.emit([sdk.UserSpan(trace_id="t", name="n", start_time=now)]),
            lambda result: result.accepted == 1,
        )
        await note.good(
            f"{name}.base_url",
            "the portal's",
            lambda c=client: c.base_url,
            lambda url: url == portal.base_url,
        )
        await note.good(
            f"{name}.last_retry_info", "none", lambda c=client: c.last_retry_info, lambda info: info is None
        )
    named = App(os.environ["APP_KEY"], caller="my-svc")
    await named.list_grants()
    await note.good("App.actor_id", "of a named caller", lambda: named.actor_id)
    await note.good("App.list_grants", "signed in the second version", named.list_grants)
    await named.close()
    await note.good(
        "Agent.actor_id", "of an agent without a name", lambda: agent.actor_id, lambda actor: actor is None
    )

    async def traced():
        async with agent.trace(run_id="sdk-run", thread_id="sdk-thread"):
            return await agent.request(
                "GET", f"{portal.base_url}/provider/stripe/x", grant_id=os.environ["AGENTS_OWN"]
            )

    await note.good("Agent.trace", "around a call", traced)
    for name, client in (("App", app), ("Agent", agent)):
        grant = aws if name == "App" else os.environ["AGENTS_OWN"]
        await note.good(
            f"{name}.boto3_client",
            "a client that signs through the portal",
            lambda c=client, g=grant: c.boto3_client("s3", grant_id=g, region_name="eu-west-1"),
        )


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
