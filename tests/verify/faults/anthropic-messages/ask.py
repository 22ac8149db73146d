import os

from alter_sdk import App, HttpMethod

URL = "https://api.anthropic.com/v1/messages"


async def ask(grant, history):
    async with App(api_key=os.environ["KEY"]) as vault:
        body = {"model": "m", "max_tokens": 5}
        body["messages"] = history
        await vault.request(HttpMethod.POST, URL, grant_id=grant, json=body)
        await vault.request(HttpMethod.POST, f"{URL}/batches", grant_id=grant, json={})
        await vault.request(
            HttpMethod.POST,
            URL,
            grant_id=grant,
            json={"model": "m", "max_tokens": 5, "messages": []},
        )
