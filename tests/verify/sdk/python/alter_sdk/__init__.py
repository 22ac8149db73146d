"""What the tests take for the installed SDK."""

from alter_sdk.clients import Agent, App
from alter_sdk.models import AgentPrincipal, SystemPrincipal

__all__ = ["Agent", "AgentPrincipal", "App", "HttpMethod", "SystemPrincipal"]


def __getattr__(name: str) -> object:
    raise AttributeError(name)
