from alter_sdk import App
