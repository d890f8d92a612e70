"""The named ways into the mesh for callers that have no identity in it."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from components.foundation.well_known import KUBELET_PROBE_ADDRESS
from components.mesh.flow import REASON, Peer, check_target, pods_of, tcp

Kind = Literal["api-server-to-webhook", "load-balancer-to-edge", "metrics-scrape"]

EXCEPTION: Final = "slipway.dev/mesh-exception"
"""Annotation that names an exception's kind; a rule refuses plain text without it."""


@dataclass(frozen=True, kw_only=True)
class MeshException:
    """Plain connections to one port of some pods, from addresses or from pods outside the mesh.

    The mesh cannot tell who calls here: the port must authenticate its callers itself (a webhook's and the
    edge's TLS), or hold nothing that matters (metrics). ``probe_ports`` are ports the kubelet asks, where the
    namespace is closed and no flow names them.

    Raises:
        ValueError: neither or both of addresses and pods, an address range that is everybody, or a target
            that is more than some pods' one port.
    """

    kind: Kind
    name: str
    target: Peer
    port: int
    reason: str
    addresses: Sequence[str] = ()
    pods: Peer | None = None
    probe_ports: Sequence[int] = ()

    def __post_init__(self) -> None:
        what = f"mesh exception {self.name}"
        check_target(what, self.target, self.port, self.reason)
        if bool(self.addresses) == bool(self.pods):
            raise ValueError(f"{what}: name the callers by addresses or by pods, one of them")
        for address in self.addresses:
            if ipaddress.ip_network(address).prefixlen == 0:
                raise ValueError(f"{what}: {address} is everybody")


def compile_exception(exception: MeshException) -> list[dict[str, Any]]:
    """Mutual TLS not required on the one port, the request allowed on it, packets only from the callers."""
    return [authentication(exception), authorization(exception), ingress(exception)]


def authentication(exception: MeshException) -> dict[str, Any]:
    """Strict everywhere but on the one port."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": _metadata(exception),
        "spec": {
            "selector": {"matchLabels": dict(exception.target.labels)},
            "mtls": {"mode": "STRICT"},
            # Istio accepts no DISABLE in ambient mode: mesh callers stay encrypted on this port too.
            "portLevelMtls": {str(exception.port): {"mode": "PERMISSIVE"}},
        },
    }


def authorization(exception: MeshException) -> dict[str, Any]:
    """Callers by address where they are known by address; pods outside the mesh have no identity to name."""
    rule: dict[str, Any] = {"to": [{"operation": {"ports": [str(exception.port)]}}]}
    if exception.addresses:
        rule["from"] = [{"source": {"ipBlocks": list(exception.addresses)}}]
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": _metadata(exception),
        "spec": {
            "action": "ALLOW",
            "selector": {"matchLabels": dict(exception.target.labels)},
            "rules": [rule],
        },
    }


def ingress(exception: MeshException) -> dict[str, Any]:
    """Plain connections arrive on the application port, not on the mesh's."""
    callers: list[dict[str, Any]] = [{"ipBlock": {"cidr": address}} for address in exception.addresses]
    if exception.pods is not None:
        callers.append(pods_of(exception.pods))
    rules: list[dict[str, Any]] = [{"from": callers, "ports": [tcp(exception.port)]}]
    if exception.probe_ports:
        kubelet = {"ipBlock": {"cidr": KUBELET_PROBE_ADDRESS}}
        rules.append({"from": [kubelet], "ports": [tcp(port) for port in exception.probe_ports]})
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _metadata(exception),
        "spec": {
            "podSelector": {"matchLabels": dict(exception.target.labels)},
            "policyTypes": ["Ingress"],
            "ingress": rules,
        },
    }


def _metadata(exception: MeshException) -> dict[str, Any]:
    return {
        "name": exception.name,
        "namespace": exception.target.namespace,
        "annotations": {EXCEPTION: exception.kind, REASON: exception.reason},
    }
