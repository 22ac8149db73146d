from alter_sdk import HttpMethod

from .clients import vault
from .registry import Registry

registry = Registry()
registry.get_agent("this is another registry's")


def other(manager):
    return manager.get_agent("so is this")


async def ask(grant):
    bot = vault.get_agent("bot")
    return await bot.request(HttpMethod.GET, "https://api.example.com/", grant_id=grant)
