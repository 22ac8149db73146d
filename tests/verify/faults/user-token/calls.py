import os

from alter_sdk import App

vault = App(api_key=os.environ["KEY"])


async def me(token):
    return await vault.request(
        "GET",
        "https://api.example.com/me",
        provider="google",
        user_token=token,
    )


async def nobody():
    return await vault.request("GET", "https://api.example.com/", grant_id="g", user_token=None)
