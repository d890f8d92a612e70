"""A stand-in for the chart registries on loopback, so that the unchanged program installs with the real Helm engine.

The Kubernetes provider gets it as its proxy: whatever host it asks for, this answers, over HTTPS with a certificate of
its own. A chart that no Go module carries is served empty under its pinned name and version, and told as not played.
"""

import hashlib
import io
import json
import ssl
import tarfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from facts.pins import Chart

_MANIFEST: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = "application/vnd.cncf.helm.config.v1+json"
_LAYER: Final = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
_DOCKER: Final = "registry-1.docker.io"
"""Where the registry called docker.io answers."""


@dataclass(frozen=True)
class Answer:
    """A body, its type, and the digest that OCI clients compare."""

    body: bytes
    type: str = "application/octet-stream"
    digest: str = ""


Answers = Mapping[tuple[str, str], Answer]
"""By host and path."""


def packed(chart: str, version: str, folder: Path | None) -> bytes:
    """A chart's archive; without a folder, one that holds nothing."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        if folder is None:
            text = yaml.safe_dump({"apiVersion": "v2", "name": chart, "version": version}).encode()
            entry = tarfile.TarInfo(f"{chart}/Chart.yaml")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
        else:
            archive.add(folder, arcname=chart)
    return out.getvalue()


def answers(charts: Sequence[tuple[Chart, bytes]]) -> Answers:
    """What every registry says about these charts, whichever protocol it speaks."""
    found: dict[tuple[str, str], Answer] = {}
    indices: dict[tuple[str, str], dict[str, Any]] = {}
    for chart, archive in charts:
        place = urlsplit(chart.repository)
        if place.scheme == "oci":
            found.update(_oci(place.netloc, f"{place.path.strip('/')}/{chart.chart}", chart, archive))
            continue
        file = f"{place.path.rstrip('/')}/{chart.chart}-{chart.version}.tgz"
        found[place.netloc, file] = Answer(archive)
        entry = {"apiVersion": "v2", "name": chart.chart, "version": chart.version}
        entry["urls"] = [f"https://{place.netloc}{file}"]  # type: ignore[assignment]
        entries = indices.setdefault((place.netloc, f"{place.path.rstrip('/')}/index.yaml"), {})
        entries.setdefault(chart.chart, []).append(entry)
    for at, entries in indices.items():
        found[at] = Answer(yaml.safe_dump({"apiVersion": "v1", "entries": entries}).encode(), "text/yaml")
    return found


def _oci(
    host: str, repository: str, chart: Chart, archive: bytes
) -> Iterator[tuple[tuple[str, str], Answer]]:
    asked = _DOCKER if host == "docker.io" else host
    base = f"/v2/{repository}"
    config = json.dumps({"apiVersion": "v2", "name": chart.chart, "version": chart.version}).encode()
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _described(_CONFIG, config),
            "layers": [_described(_LAYER, archive)],
        }
    ).encode()
    yield (asked, "/v2/"), Answer(b"{}", "application/json")
    tags = json.dumps({"name": repository, "tags": [chart.version]}).encode()
    yield (asked, f"{base}/tags/list"), Answer(tags, "application/json")
    for name in (chart.version, _digest(manifest)):
        yield (asked, f"{base}/manifests/{name}"), Answer(manifest, _MANIFEST, _digest(manifest))
    for blob in (config, archive):
        yield (asked, f"{base}/blobs/{_digest(blob)}"), Answer(blob, digest=_digest(blob))


def _described(type_: str, blob: bytes) -> dict[str, Any]:
    return {"mediaType": type_, "digest": _digest(blob), "size": len(blob)}


def _digest(blob: bytes) -> str:
    return f"sha256:{hashlib.sha256(blob).hexdigest()}"


@contextmanager
def registry(found: Answers, certificate: Path, key: Path) -> Iterator[tuple[int, list[str]]]:
    """Answer on a free port of loopback; with it, what was asked for and is not there."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust.load_cert_chain(certificate, key)
    lost: list[str] = []

    class Inside(BaseHTTPRequestHandler):
        """A request to a registry, as it comes out of the tunnel."""

        protocol_version = "HTTP/1.1"
        host = ""

        def do_GET(self) -> None:
            answer = found.get((self.host, self.path.partition("?")[0]))
            if answer is None:
                lost.append(f"{self.host}{self.path}")
            self.send_response(404 if answer is None else 200)
            body = b"{}" if answer is None else answer.body
            self.send_header("Content-Type", "application/json" if answer is None else answer.type)
            self.send_header("Content-Length", str(len(body)))
            if answer is not None and answer.digest:
                self.send_header("Docker-Content-Digest", answer.digest)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815 the library's name

        def log_message(self, *_: Any) -> None:
            return

    class Proxy(BaseHTTPRequestHandler):
        """The tunnel: it ends here, whatever host was asked for."""

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.flush()
            handler = type("Request", (Inside,), {"host": self.path.rpartition(":")[0]})
            try:
                with trust.wrap_socket(self.connection, server_side=True) as inside:
                    handler(inside, self.client_address, self.server)
            except OSError:
                return
            finally:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1], lost
    finally:
        server.shutdown()
        server.server_close()
