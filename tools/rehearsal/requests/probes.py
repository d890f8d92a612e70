"""A container's probes, asked as a kubelet does: from the node, at the pod's address."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import Any

Object = Mapping[str, Any]


def holds(probe: Object, container: Object, address: str) -> bool:
    """Whether it succeeds. One of gRPC does where its port is open; a command is not run, and taken to succeed."""
    seconds = float(probe.get("timeoutSeconds", 1))
    if "httpGet" in probe:
        return _http(probe["httpGet"], container, address, seconds)
    for kind in ("tcpSocket", "grpc"):
        if kind in probe:
            return _open(address, _port(probe[kind]["port"], container), seconds)
    return True


def _http(asked: Object, container: Object, address: str, seconds: float) -> bool:
    host, port = asked.get("host") or address, _port(asked["port"], container)
    connection: http.client.HTTPConnection
    if asked.get("scheme") == "HTTPS":
        # As a kubelet: it asks whether the pod answers, not who it is.
        context = ssl._create_unverified_context()  # noqa: S323, SLF001
        connection = http.client.HTTPSConnection(host, port, timeout=seconds, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=seconds)
    try:
        headers = {one["name"]: one["value"] for one in asked.get("httpHeaders", ())}
        connection.request("GET", asked.get("path", "/"), headers=headers)
        return 200 <= connection.getresponse().status < 400  # noqa: PLR2004 as Kubernetes says it
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _open(address: str, port: int, seconds: float) -> bool:
    with socket.socket() as one:
        one.settimeout(seconds)
        return one.connect_ex((address, port)) == 0


def _port(said: int | str, container: Object) -> int:
    if isinstance(said, int):
        return said
    if said.isdigit():
        return int(said)
    return int(next(p["containerPort"] for p in container.get("ports", ()) if p.get("name") == said))
