"""The management side of a portal, and the person in front of its pages."""

import json
import urllib.parse
import urllib.request

# The demo's first app, and an id that nothing has.
APP = "a1a1a1a1-0001-4000-8000-000000000001"
NOBODY = "00000000-0000-4000-8000-000000000000"


class Portal:
    def __init__(self, base_url: str, pat: str):
        self.base_url, self.pat = base_url, pat

    def api(self, method: str, path: str, body=None):
        """Asks the portal's API with the PAT."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.base_url}/api/v1{path}",
            data=data,
            method=method,
            headers={"Authorization": f"Bearer {self.pat}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def key(self, app: str, name: str, scopes: list[str], **more) -> str:
        """Mints a key; gives its plaintext."""
        return self.minted(app, name, scopes, **more)["api_key"]

    def minted(self, app: str, name: str, scopes: list[str], **more):
        return self.api("POST", f"/apps/{app}/keys", {"name": name, "scopes": scopes, **more})

    def rule(self, app: str, rule_type: str, rule_body, target: str = "") -> str:
        """Adds a policy rule; gives its id."""
        body = {"rule_type": rule_type, "rule_body": rule_body, "name": f"{rule_type} of a test"}
        made = self.api("POST", f"/apps/{app}{target}/policy/rules", body)
        return made["id"]

    def drop_rule(self, app: str, rule: str, target: str = ""):
        return self.api("DELETE", f"/apps/{app}{target}/policy/rules/{rule}")

    def decide(self, url: str, decision: str = "yes", **fields) -> str:
        """Presses a button on a page of the portal."""
        data = urllib.parse.urlencode({"decision": decision, **fields}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data=data)) as page:
            return page.read().decode()
