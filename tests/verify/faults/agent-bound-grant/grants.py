import os

from alter_sdk import AgentPrincipal, App, SystemPrincipal

vault = App(api_key=os.environ["KEY"])


async def provision():
    await vault.create_managed_secret_grant("ms_1", principal=SystemPrincipal())
    await vault.create_managed_secret_grant(
        "ms_1",
        principal=AgentPrincipal(agent_id="a"),
    )
