import os, alter_sdk
import alter_sdk as alter
from alter_sdk import (
    Agent,  # the right one
    App as Vault,
)

KEY = os.environ["KEY"]
one = alter_sdk.App(KEY)
two = alter.App(api_key=KEY)


def three():
    from alter_sdk import App

    return App(KEY)


async def four():
    async with Vault(KEY) as vault, Agent(KEY) as agent:
        return await vault.get_agent(agent.actor_id)
