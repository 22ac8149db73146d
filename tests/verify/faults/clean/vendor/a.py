from alter_sdk import Agent
Agent(api_key="k")
