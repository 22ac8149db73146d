from alter_sdk import (
    App,
    AlterVault,
)
from alter_sdk.fastapi import AlterFastAPI
