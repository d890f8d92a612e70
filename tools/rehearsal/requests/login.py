"""The organisation's identity provider, as far as the edge asks it: its keys, and tokens that it has signed."""

import json
import socketserver
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tools.rehearsal.cluster.authority import Authority
from tools.rehearsal.requests.network import HOST

_KEY: Final = "rehearsal"
_HOUR: Final = 3600


class Login:
    """Serves its keys at ``https://NAME`` at the nodes' address until ``close``."""

    def __init__(self, issuer: str, audience: str, authority: Authority) -> None:
        self._issuer, self._audience = issuer, audience
        self._private = rsa.generate_private_key(65537, 2048)
        public: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._private.public_key()))
        keys = json.dumps({"keys": [{**public, "kid": _KEY, "use": "sig", "alg": "RS256"}]}).encode()
        certificate, key = authority.sign([issuer.removeprefix("https://")])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self._server = _Server((HOST, 443), _answering(keys))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def token(self, caller: str, *, audience: str = "", age: int = 0) -> str:
        """A token of a caller; ``age`` seconds old, of those that hold an hour."""
        now = int(time.time()) - age
        claims = {
            "iss": self._issuer,
            "aud": audience or self._audience,
            "sub": caller,
            "iat": now,
            "exp": now + _HOUR,
        }
        return jwt.encode(claims, self._private, algorithm="RS256", headers={"kid": _KEY})


class _Server(ThreadingHTTPServer):
    """Without asking DNS for its own name; who hangs up is not told of."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing: a caller that hangs up has what it wanted."""

    def server_bind(self) -> None:
        socketserver.TCPServer.server_bind(self)


def _answering(keys: bytes) -> type[BaseHTTPRequestHandler]:
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(keys)))
            self.end_headers()
            self.wfile.write(keys)

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 the base class's name
            """Nothing."""

    return Answers
