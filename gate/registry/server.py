"""The registry over HTTP: GET and HEAD, on loopback unless somebody says that something in front asks who comes."""

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Final

from gate.core.errors import GateError
from gate.registry.api import Answer, answer
from gate.registry.index import Index

_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_SECONDS: Final = 10
"""How long a client may take for its request: one that says nothing holds a thread no longer."""


def server(index: Index, host: str, port: int, *, is_behind: bool = False) -> ThreadingHTTPServer:
    """A server that is bound and not yet running.

    Args:
        index: what it answers from.
        host: the address to listen at.
        port: 0 takes a free one.
        is_behind: something in front of it asks who comes, so that it may listen beyond loopback.

    Raises:
        GateError: the address is no loopback and nobody vouches for it, or it cannot be had.
    """
    local = is_loopback(host)
    if not local and not is_behind:
        raise GateError(
            f"--host {host}: whoever reaches it could read everything; "
            "--behind-authentication says that something in front of it asks who comes"
        )
    try:
        return ThreadingHTTPServer((host, port), _handler(index, is_local=local))
    except OSError as error:
        raise GateError(f"{host}:{port} cannot be listened at: {error.strerror or error}") from None


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _handler(index: Index, *, is_local: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "slipway-registry"
        sys_version = ""
        timeout = _SECONDS

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def _answer(self, *, with_body: bool) -> None:
            # A page of elsewhere whose name leads here (DNS rebinding) must not read what is open to this machine.
            named = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
            if is_local and not is_loopback(named.strip("[]")):
                said = Answer(
                    status=HTTPStatus.MISDIRECTED_REQUEST,
                    body=b"ask by a name of this machine\n",
                    type="text/plain",
                )
            else:
                said = answer(index, self.path)
            self._send(said, with_body=with_body)

        def _refused(self) -> None:
            said = Answer(status=HTTPStatus.METHOD_NOT_ALLOWED, body=b"only read\n", type="text/plain")
            self._send(said, with_body=True)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _refused  # noqa: N815 as the base class calls them

        def _send(self, said: Answer, *, with_body: bool) -> None:
            self.send_response(said.status)
            self.send_header("Content-Type", said.type)
            self.send_header("Content-Length", str(len(said.body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Security-Policy", _POLICY)
            if said.status == HTTPStatus.METHOD_NOT_ALLOWED:
                self.send_header("Allow", "GET, HEAD")
            self.send_header("Connection", "close")
            self.end_headers()
            if with_body:
                self.wfile.write(said.body)
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 as the base class calls it
            # Nothing is logged: questions name models, and whoever is in front logs who came.
            pass

    return Handler
