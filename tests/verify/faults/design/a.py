from alter_sdk import App

app = App(api_key=KEY)
