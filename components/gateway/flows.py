"""Who may reach the proxies of both tiers: callers the edge, the edge the inner gateway, Prometheus both."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import Any, Final

from components.foundation.closed_namespace import deny_all_requests
from components.foundation.well_known import EDGE, EDGE_GATEWAY, INNER_GATEWAY, KSERVE, OBSERVABILITY
from components.mesh.flow import Flow, Peer
from components.mesh.mesh_exception import MeshException
from components.observability.values import PROMETHEUS_ACCOUNT, PROMETHEUS_PODS

GATEWAY_LABEL: Final = "gateway.envoyproxy.io/owning-gateway-name"
EDGE_PORT: Final = 10443
INNER_PORT: Final = 10080
"""Envoy Gateway adds 10000 to a port below 1024, so that proxies need no privilege to open it."""
METRICS_PORT: Final = 19001
TOKEN_METRICS_PORT: Final = 1064
"""The AI gateway's processor beside the edge's Envoy: tokens used, time to the first one."""
PROBED: Final = (TOKEN_METRICS_PORT, 19002, 19003)
"""The AI gateway's processor, the shutdown manager and Envoy itself."""

PRIVATE_RANGES: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""RFC 1918 and RFC 6598: every address a VPC or a network joined to it may use."""

PROMETHEUS: Final = Peer(namespace=OBSERVABILITY, service_account=PROMETHEUS_ACCOUNT, labels=PROMETHEUS_PODS)
EDGE_PROXIES: Final = Peer(namespace=EDGE, service_account=EDGE_GATEWAY, labels={GATEWAY_LABEL: EDGE_GATEWAY})
INNER_PROXIES: Final = Peer(
    namespace=KSERVE, service_account=INNER_GATEWAY, labels={GATEWAY_LABEL: INNER_GATEWAY}
)


def gateway_flows() -> list[Flow]:
    """What the mesh lets through to the proxies."""
    return [
        Flow(
            name="edge-to-inner-gateway",
            sources=[EDGE_PROXIES],
            target=INNER_PROXIES,
            port=INNER_PORT,
            reason="requests the edge has authenticated and counted",
            probe_ports=PROBED,
        ),
        *(
            Flow(
                name=f"{name}-from-prometheus",
                sources=[PROMETHEUS],
                target=proxies,
                port=port,
                reason="metrics",
                probe_ports=PROBED,
            )
            for name, proxies, port in (
                ("edge-gateway", EDGE_PROXIES, METRICS_PORT),
                ("edge-gateway-tokens", EDGE_PROXIES, TOKEN_METRICS_PORT),
                ("inner-gateway", INNER_PROXIES, METRICS_PORT),
            )
        ),
    ]


def callers_exception(callers: Sequence[str], balancers: Sequence[str]) -> MeshException:
    """The load balancer keeps the caller's address and is no part of the mesh; the listener's TLS stands in.

    It asks every proxy whether it is there, from an address of its own, and sends nothing to one that does not answer.
    """
    others = [own for own in balancers if not any(_is_in(own, caller) for caller in callers)]
    return MeshException(
        kind="load-balancer-to-edge",
        name="callers-to-edge-gateway",
        target=EDGE_PROXIES,
        port=EDGE_PORT,
        reason="callers outside the mesh; TLS and a token are checked by the listener",
        addresses=[*callers, *others],
    )


def _is_in(inner: str, outer: str) -> bool:
    return IPv4Network(inner).subnet_of(IPv4Network(outer))


def closed(namespace: str) -> dict[str, dict[str, Any]]:
    """Nothing comes in that no flow or exception names. What goes out is open: tokens' keys are on the internet."""
    return {
        "deny-requests": deny_all_requests(namespace),
        "deny-traffic": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny", "namespace": namespace},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
        },
    }
