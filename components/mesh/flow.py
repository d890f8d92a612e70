"""Who may talk to whom: declared once, compiled to what the mesh and what the network each enforce."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from components.foundation.well_known import (
    AGENTS,
    AMBIENT_PORT,
    KUBELET_PROBE_ADDRESS,
    LOOPS,
    MODELS,
    TEMPORAL,
)

TRUST_DOMAIN: Final = "cluster.local"
"""The first part of every identity in the mesh. Changing it refuses every caller until policies follow."""

CLOSED_NAMESPACES: Final = frozenset({AGENTS, LOOPS, MODELS, TEMPORAL})
"""Namespaces whose pods may send nothing that is not declared: a flow from one also opens its way out."""

REASON: Final = "slipway.dev/reason"
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One end of a flow: a namespace, the pods in it, and the service account they run as."""

    namespace: str
    service_account: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One allowed way in: from callers with identities to a port of some pods, for a reason.

    ``probe_ports`` are the ports the kubelet asks; without them it is the flow's own port.

    Raises:
        ValueError: there is no source, or one without a service account (without which the mesh cannot tell who
            calls), the target names no pods, the port is none, or there is no reason.
    """

    name: str
    sources: Sequence[Peer]
    target: Peer
    port: int
    reason: str
    probe_ports: Sequence[int] = ()

    def __post_init__(self) -> None:
        if not self.sources or not all(source.service_account for source in self.sources):
            raise ValueError(f"flow {self.name}: every source needs a service account")
        check_target(f"flow {self.name}", self.target, self.port, self.reason)


def check_target(what: str, target: Peer, port: int, reason: str) -> None:
    """Refuse what would open more than some pods' one port.

    Raises:
        ValueError: no labels, no port or no reason.
    """
    if not target.labels:
        raise ValueError(f"{what}: the target needs labels, or it would be every pod of {target.namespace}")
    if not 0 < port <= _HIGHEST_PORT:
        raise ValueError(f"{what}: port {port} is not between 1 and {_HIGHEST_PORT}")
    if not reason.strip():
        raise ValueError(f"{what}: say why in reason")


def compile_flow(
    flow: Flow, trust_domain: str = TRUST_DOMAIN, closed: Collection[str] = CLOSED_NAMESPACES
) -> list[dict[str, Any]]:
    """What the mesh checks, what the network checks, and the way out of each source in a closed namespace.

    In ambient mode traffic leaves a pod for port 15008 of the other pod and arrives there: a NetworkPolicy on
    the application port would refuse everything. The application port is checked by the AuthorizationPolicy.

    Raises:
        ValueError: several sources would need a way out, which is named after the flow.
    """
    ways_out = [
        egress(f"{flow.name}-egress", source, flow.target, flow.reason)
        for source in flow.sources
        if source.namespace in closed
    ]
    if len(ways_out) > 1:
        raise ValueError(f"flow {flow.name}: two sources in closed namespaces; declare a flow for each")
    return [authorization(flow, trust_domain), ingress(flow), *ways_out]


def authorization(flow: Flow, trust_domain: str = TRUST_DOMAIN) -> dict[str, Any]:
    """What ztunnel checks at the target: the caller's identity and the port it asked for."""
    principals = [
        f"{trust_domain}/ns/{source.namespace}/sa/{source.service_account}" for source in flow.sources
    ]
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {
            "name": flow.name,
            "namespace": flow.target.namespace,
            "annotations": {REASON: flow.reason},
        },
        "spec": {
            "action": "ALLOW",
            "selector": {"matchLabels": dict(flow.target.labels)},
            "rules": [
                {
                    "from": [{"source": {"principals": principals}}],
                    "to": [{"operation": {"ports": [str(flow.port)]}}],
                }
            ],
        },
    }


def ingress(flow: Flow) -> dict[str, Any]:
    """What the CNI checks at the target: the callers' pods on the mesh port, the kubelet on probed ones."""
    manifest = _network_policy(flow.name, flow.target, flow.reason, "Ingress")
    manifest["spec"]["ingress"] = [
        {"from": [pods_of(source) for source in flow.sources], "ports": [tcp(AMBIENT_PORT)]},
        {
            "from": [{"ipBlock": {"cidr": KUBELET_PROBE_ADDRESS}}],
            "ports": [tcp(port) for port in flow.probe_ports or (flow.port,)],
        },
    ]
    return manifest


def egress(name: str, source: Peer, target: Peer, reason: str) -> dict[str, Any]:
    """What the CNI checks at a closed source: the target's pods on the mesh port."""
    manifest = _network_policy(name, source, reason, "Egress")
    manifest["spec"]["egress"] = [{"to": [pods_of(target)], "ports": [tcp(AMBIENT_PORT)]}]
    return manifest


def egress_to_addresses(
    name: str, source: Peer, addresses: Sequence[str], port: int, reason: str
) -> dict[str, Any]:
    """What the CNI checks at a closed source that calls out of the mesh: where it may, it is no part of it."""
    manifest = _network_policy(name, source, reason, "Egress")
    manifest["spec"]["egress"] = [
        {"to": [{"ipBlock": {"cidr": address}} for address in addresses], "ports": [tcp(port)]}
    ]
    return manifest


def pods_of(peer: Peer) -> dict[str, Any]:
    """A NetworkPolicy's peer: always one namespace, and the labelled pods in it where there are labels."""
    selector: dict[str, Any] = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": peer.namespace}}
    }
    if peer.labels:
        selector["podSelector"] = {"matchLabels": dict(peer.labels)}
    return selector


def tcp(port: int) -> dict[str, Any]:
    return {"port": port, "protocol": "TCP"}


def _network_policy(name: str, pods: Peer, reason: str, direction: str) -> dict[str, Any]:
    # A closed source without labels is its whole namespace: an empty podSelector says so.
    selector = {"matchLabels": dict(pods.labels)} if pods.labels else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": pods.namespace, "annotations": {REASON: reason}},
        "spec": {"podSelector": selector, "policyTypes": [direction]},
    }
