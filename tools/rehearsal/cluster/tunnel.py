"""The way from the API server to webhooks: a proxy on a socket, which the server dials for every Service address.

It finds the Service that has the address, and refuses where none of its pods is Ready, as a node's proxy would. What
runs on this machine is dialled; for the rest a stand-in takes everything, and the report says for which.
"""

import contextlib
import json
import socket
import socketserver
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from tools.conformance.client import Api
from tools.rehearsal.cluster.authority import Authority

Where = Callable[[str, str], int | None]
"""The port of loopback on which the program behind a Service (namespace, name) listens; none if it does not run."""
_CHUNK: Final = 65536
_WAITING: Final = 1024
"""Calls that have not been taken yet; one more is refused by the machine."""


class Tunnel:
    """Serves from its making until ``close``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stood_in: Counter[str] = Counter()
        self._api: Api | None = None
        self._authority: Authority | None = None
        self._where: Where = lambda _namespace, _name: None
        tunnel = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    tunnel._carry(self)

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True
            request_queue_size = _WAITING

        self._server = Server(str(path), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def connect(self, api: Api, authority: Authority, where: Where) -> None:
        """Who is asked for Services, who signs for stand-ins, and what runs here."""
        self._api, self._authority, self._where = api, authority, where

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _carry(self, handler: socketserver.StreamRequestHandler) -> None:
        asked = handler.rfile.readline().decode().split()
        while handler.rfile.readline().strip():
            pass
        host, _, _ = asked[1].rpartition(":")
        service = self._service(host)
        if service is None:
            handler.wfile.write(b"HTTP/1.1 503 no endpoints available for service\r\n\r\n")
            return
        namespace, name = service
        port = self._where(namespace, name)
        handler.wfile.write(b"HTTP/1.1 200 ok\r\n\r\n")
        if port is None:
            self._stand_in(handler.connection, namespace, name)
            return
        with socket.create_connection(("127.0.0.1", port)) as there:
            _pump(handler.connection, there)

    def _service(self, address: str) -> tuple[str, str] | None:
        """The Service of an address, if one of its pods is Ready."""
        if self._api is None:
            return None
        for one in self._api.get("/api/v1/services").get("items", ()):
            if one["spec"].get("clusterIP") == address:
                namespace, name = one["metadata"]["namespace"], one["metadata"]["name"]
                return (namespace, name) if self._is_ready(namespace, name) else None
        return None

    def _is_ready(self, namespace: str, name: str) -> bool:
        api = self._api
        if api is None:
            return False
        slices = api.get(
            f"/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices"
            f"?labelSelector=kubernetes.io%2Fservice-name%3D{name}"
        )
        return any(
            endpoint.get("conditions", {}).get("ready")
            for one in slices.get("items", ())
            for endpoint in one.get("endpoints") or ()
        )

    def _stand_in(self, connection: socket.socket, namespace: str, name: str) -> None:
        if self._authority is None:
            return
        host = f"{name}.{namespace}.svc"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._authority.sign([host]))
        with context.wrap_socket(connection, server_side=True) as secure, secure.makefile("rb") as lines:
            while lines.readline():
                length = 0
                while header := lines.readline().strip():
                    key, _, value = header.decode().partition(":")
                    if key.lower() == "content-length":
                        length = int(value)
                answer = json.dumps(taken(json.loads(lines.read(length)))).encode()
                self.stood_in[f"{namespace}/{name}"] += 1
                head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}"
                secure.sendall(head.encode() + b"\r\n\r\n" + answer)


def taken(review: Mapping[str, Any]) -> dict[str, Any]:
    """What a webhook says that takes everything as it is; of a conversion, the objects under the version asked for."""
    request = review["request"]
    answer: dict[str, Any] = {"uid": request["uid"]}
    if review["kind"] == "ConversionReview":
        version = request["desiredAPIVersion"]
        answer["convertedObjects"] = [{**one, "apiVersion": version} for one in request["objects"]]
        answer["result"] = {"status": "Success"}
    else:
        answer["allowed"] = True
    return {"apiVersion": review["apiVersion"], "kind": review["kind"], "response": answer}


def _pump(one: socket.socket, other: socket.socket) -> None:
    def carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    back = threading.Thread(target=carry, args=(other, one), daemon=True)
    back.start()
    carry(one, other)
    back.join()
