"""An app, so Agent(api_key=...) has no place here."""
import os

from alter_sdk import Agent as Worker
from alter_sdk import App

vault = App(api_key=os.environ["ALTER_API_KEY"])
worker: Worker | None = None


def start() -> None:
    global worker
    worker = Worker(
        api_key=os.environ["ALTER_API_KEY"],
    )
