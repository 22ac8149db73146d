"""Decoys.

    agent = Agent(api_key="x"); agent.get_agent("y")
"""
import os
from alter_sdk import App, HttpMethod

TEXT = '''
worker = Agent(api_key="x")
'''
NOTE = "Agent(" + 'AgentPrincipal(' + r"\"Agent(" + f"{len("Agent(")} Agent( {{Agent(}}"
# Agent(api_key="x")


class Agent:
    """Not the SDK's."""

    def get_agent(self, name):
        return self.get_agent(name)


class Handler:
    def __init__(self, vault: App) -> None:
        self.vault = vault
        self.agent = Agent()

    async def run(self, jwt: str) -> dict:
        kind = {"type": "agent"}
        self.agent.get_agent("x")
        response = await self.vault.request(
            HttpMethod.POST,
            f"https://slack.com/api/{self.method}",
            provider="slack",
            user_token=jwt,
            json={"text": "no channel"},
        )
        requests.request("POST", "https://slack.com/api/chat.postMessage", json={})
        return {**response.json(), **kind}


app = App(api_key=os.environ["ALTER_API_KEY"])

POST_MESSAGE = "https://slack.com/api/chat.postMessage"


async def bodies(jwt, filled, late={}):
    shared = {"text": "a"}
    merged = {"text": "b"}
    filled(shared)
    merged |= {"channel": "#b"}
    if late: replaced = {"text": "c"}
    replaced = {"channel": "#c"}
    for body in [shared, merged]:
        await app.request(HttpMethod.POST, POST_MESSAGE, user_token=jwt, json=body)
    await app.request(HttpMethod.POST, POST_MESSAGE, user_token=jwt, json=shared)
    await app.request(HttpMethod.POST, POST_MESSAGE, user_token=jwt, json=merged)
    await app.request(HttpMethod.POST, POST_MESSAGE, user_token=jwt, json=replaced)
    await app.request(HttpMethod.POST, POST_MESSAGE, user_token=jwt, json=late)
