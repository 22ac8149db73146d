"""An identity provider on this machine, which signs tokens with RS256."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm


class Issuer:
    def __init__(self, audience: str):
        self.audience = audience
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _handler(self):
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = json.dumps(issuer.documents().get(self.path, {})).encode()
                self.send_response(200 if self.path in issuer.documents() else 404)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def documents(self):
        key = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "claims_supported": ["sub", "groups"],
            },
            "/keys": {"keys": [{**key, "kid": "one", "use": "sig", "alg": "RS256"}]},
        }

    def token(self, subject: str, *, key=None, algorithm: str = "RS256", **claims) -> str:
        """A token of this subject; `claims` replaces those that it would have."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": self.audience, "sub": subject, "iat": now, "exp": now + 300}
        key = None if algorithm == "none" else key or self.key
        return jwt.encode({**usual, **claims}, key, algorithm=algorithm, headers={"kid": "one"})

    def close(self):
        self.server.shutdown()
