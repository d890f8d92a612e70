"""The registries of charts, on loopback: an HTTPS proxy that answers for their hosts. The program stays as it is.

Helm's index files and OCI's distribution protocol, as far as a pull asks: manifests, tags and blobs.
"""

import contextlib
import hashlib
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import yaml

from facts.pins import Chart
from tools.rehearsal.cluster.authority import Authority
from tools.rehearsal.cluster.charts import Packed

_DOCKER: Final = {"registry-1.docker.io": "docker.io", "index.docker.io": "docker.io"}
_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.cncf.helm.config.v1+json"
_LAYER: Final = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
Answer = tuple[int, bytes, str]
"""Status, body, type."""


class Registries:
    """Serves from its making until ``close``; ``pulls`` counts what was asked for."""

    def __init__(self, charts: Iterable[Packed], authority: Authority) -> None:
        self._authority = authority
        self.pulls: Counter[str] = Counter()
        self._all: dict[tuple[str, str], Answer] = {}
        for one in charts:
            self._publish(one.pin, one.archive)
        registries = self

        class Proxy(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                """Not into the rehearsal's own output."""

            def do_CONNECT(self) -> None:
                self.wfile.write(b"HTTP/1.1 200 ok\r\n\r\n")
                self.close_connection = True
                with contextlib.suppress(OSError):
                    registries._serve(self.connection, self.path.rpartition(":")[0])

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """For ``HTTPS_PROXY``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, host: str, path: str) -> Answer:
        """What the registry ``host`` says to a GET."""
        found = self._all.get((_DOCKER.get(host, host), path.partition("?")[0].rstrip("/")))
        if found is not None:
            self.pulls[f"{host}{path}"] += 1
        return found or (404, b'{"errors": [{"code": "NAME_UNKNOWN"}]}', "application/json")

    def _publish(self, pin: Chart, archive: bytes) -> None:
        host, _, path = pin.repository.partition("://")[2].partition("/")
        if pin.repository.startswith("oci://"):
            self._publish_oci(host, f"/v2/{path}/{pin.chart}", pin, archive)
        else:
            self._publish_index(host, f"/{path}".rstrip("/"), pin, archive)

    def _publish_index(self, host: str, path: str, pin: Chart, archive: bytes) -> None:
        file = f"{path}/{pin.chart}-{pin.version}.tgz"
        self._all[host, file] = (200, archive, "application/gzip")
        before = self._all.get((host, f"{path}/index.yaml"))
        entries = yaml.safe_load(before[1])["entries"] if before else {}
        entry = {
            "apiVersion": "v2",
            "name": pin.chart,
            "version": pin.version,
            "urls": [f"https://{host}{file}"],
        }
        index = {"apiVersion": "v1", "entries": {**entries, pin.chart: [entry]}}
        self._all[host, f"{path}/index.yaml"] = (200, yaml.safe_dump(index).encode(), "text/yaml")

    def _publish_oci(self, host: str, path: str, pin: Chart, archive: bytes) -> None:
        config = json.dumps({"name": pin.chart, "version": pin.version, "apiVersion": "v2"}).encode()
        manifest = json.dumps({
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _described(config, _CONFIG),
            "layers": [_described(archive, _LAYER)],
        }).encode()  # fmt: skip
        tags = json.dumps({"name": path.removeprefix("/v2/"), "tags": [pin.version]}).encode()
        self._all[host, "/v2"] = (200, b"{}", "application/json")
        self._all[host, f"{path}/tags/list"] = (200, tags, "application/json")
        for reference in (pin.version, digest(manifest)):
            self._all[host, f"{path}/manifests/{reference}"] = (200, manifest, _MANIFEST)
        for blob in (config, archive):
            self._all[host, f"{path}/blobs/{digest(blob)}"] = (200, blob, "application/octet-stream")

    def _serve(self, connection: socket.socket, host: str) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._authority.sign([host]))
        registries = self

        class Registry(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                """Not into the rehearsal's own output."""

            def do_GET(self) -> None:
                status, body, form = registries.answer(host, self.path)
                self.send_response(status)
                self.send_header("Content-Type", form)
                self.send_header("Content-Length", str(len(body)))
                if form == _MANIFEST:
                    self.send_header("Docker-Content-Digest", digest(body))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815

        with context.wrap_socket(connection, server_side=True) as secure:
            Registry(secure, ("", 0), self._server)


def digest(blob: bytes) -> str:
    """As OCI writes one."""
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


def _described(blob: bytes, form: str) -> dict[str, Any]:
    return {"mediaType": form, "digest": digest(blob), "size": len(blob)}
