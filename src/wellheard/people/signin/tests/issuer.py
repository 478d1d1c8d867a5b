"""A small OpenID Connect issuer on this machine, to sign in against for real."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT = "wellheard"


class Issuer:
    """Answers discovery, keys and token requests; ``claims`` go into the next id token."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signing_key: Any = self.key
        self.algorithm = "RS256"
        self.claims: dict[str, Any] = {}
        self.challenge = ""
        self.verified_pkce = False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 300}
        if self.algorithm == "none":
            return jwt.encode(claims | self.claims, None, algorithm="none")
        return jwt.encode(
            claims | self.claims, self.signing_key, algorithm=self.algorithm, headers={"kid": "k1"}
        )

    def answer(self, path: str, body: dict[str, list[str]]) -> dict[str, Any]:
        if path.startswith("/.well-known/"):
            return {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "userinfo_endpoint": f"{self.address}/userinfo",
                "jwks_uri": f"{self.address}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [public | {"kid": "k1", "alg": "RS256", "use": "sig"}]}
        if path == "/token":
            proof = hashlib.sha256(body["code_verifier"][0].encode()).digest()
            made = base64.urlsafe_b64encode(proof).decode().rstrip("=")
            self.verified_pkce = made == self.challenge
            return {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
        return {"sub": "u-1"} | {k: v for k, v in self.claims.items() if k.startswith("email")}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(issuer.answer(urlsplit(self.path).path, {}))

            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length", 0))
                body = parse_qs(self.rfile.read(size).decode())
                self._send(issuer.answer(urlsplit(self.path).path, body))

            def _send(self, found: dict[str, Any]) -> None:
                text = json.dumps(found).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: Any) -> None:
                """The test says what matters."""

        return Handler
