"""The cluster's DNS: Services by their names, and the addresses outside that the rehearsal itself serves."""

import socket
import struct
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools.conformance.client import Api
from tools.conformance.errors import ConformanceError
from tools.rehearsal.requests.network import DNS, HOST

_SECONDS: Final = 0.5
_PORT: Final = 53
_A: Final = 1
_ANSWER, _NO_SUCH_NAME = 0x8580, 0x8583
_SUFFIX: Final = "svc.cluster.local"
Names = Mapping[str, Sequence[str]]


class Dns:
    """Answers at the nodes' address from its making until ``close``; the Service ``kube-dns`` points to it."""

    def __init__(self, api: Api, outside: Names) -> None:
        self._api, self._outside = api, dict(outside)
        self._names: Names = dict(outside)
        self._over = threading.Event()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, _PORT))
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._learn, self._answer)]
        for one in self._threads:
            one.start()

    def close(self) -> None:
        self._over.set()
        self._socket.close()

    def _learn(self) -> None:
        while not self._over.wait(_SECONDS):
            try:
                services = self._api.get("/api/v1/services").get("items", ())
                slices = self._api.get("/apis/discovery.k8s.io/v1/endpointslices").get("items", ())
            except ConformanceError:
                continue
            self._names = {**names_of(services, slices), **self._outside}

    def _answer(self) -> None:
        while not self._over.is_set():
            try:
                asked, sender = self._socket.recvfrom(4096)
                self._socket.sendto(answer(asked, self._names), sender)
            except (OSError, IndexError, struct.error):
                continue


def service() -> list[dict[str, Any]]:
    """The Service of the cluster's DNS, and where it ends."""
    meta = {"name": "kube-dns", "namespace": "kube-system"}
    ports = [{"name": "dns", "port": _PORT, "protocol": "UDP"}]
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": {"clusterIP": DNS, "ports": ports}},
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": {**meta, "labels": {"kubernetes.io/service-name": "kube-dns"}},
            "addressType": "IPv4",
            "endpoints": [{"addresses": [HOST], "conditions": {"ready": True}}],
            "ports": ports,
        },
    ]


def names_of(
    services: Sequence[Mapping[str, Any]], slices: Sequence[Mapping[str, Any]]
) -> dict[str, list[str]]:
    """Each Service's full name and its addresses: its own, or those of its ready pods where it has none."""
    ready: dict[tuple[str, str], list[str]] = {}
    for one in slices:
        meta = one["metadata"]
        key = (meta["namespace"], meta.get("labels", {}).get("kubernetes.io/service-name", ""))
        for endpoint in one.get("endpoints") or ():
            if endpoint.get("conditions", {}).get("ready") is not False:
                ready.setdefault(key, []).extend(endpoint["addresses"])
    found = {}
    for one in services:
        namespace, name = one["metadata"]["namespace"], one["metadata"]["name"]
        own = one["spec"].get("clusterIP", "None")
        found[f"{name}.{namespace}.{_SUFFIX}"] = ready.get((namespace, name), []) if own == "None" else [own]
    return found


def answer(asked: bytes, names: Names) -> bytes:
    """A DNS message in answer to one: addresses of version 4, nothing of any other type."""
    at, labels = 12, []
    while asked[at]:
        labels.append(asked[at + 1 : at + 1 + asked[at]].decode("ascii", "replace"))
        at += asked[at] + 1
    (type_,) = struct.unpack("!H", asked[at + 1 : at + 3])
    found = names.get(".".join(labels).lower())
    addresses = (found or ()) if type_ == _A else ()
    answers = b"".join(
        b"\xc0\x0c" + struct.pack("!HHIH", _A, 1, 5, 4) + socket.inet_aton(address) for address in addresses
    )
    flags = _ANSWER if found is not None else _NO_SUCH_NAME
    head = asked[:2] + struct.pack("!HHHHH", flags, 1, len(addresses), 0, 0)
    return head + asked[12 : at + 5] + answers
