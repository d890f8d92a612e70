"""Who may talk to whom: declared once, compiled to what the mesh and what the network each enforce."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from components.namespaces import AMBIENT_PORT, KUBELET_PROBE_ADDRESS


@dataclass(frozen=True, kw_only=True)
class Peer:
    """One end of a flow: a namespace, the pods in it, and the service account they run as."""

    namespace: str
    service_account: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Flow:
    """One allowed way: from a caller with an identity to a port of some pods, for a reason."""

    name: str
    source: Peer
    target: Peer
    port: int
    reason: str


def compile_flow(flow: Flow, trust_domain: str) -> list[dict[str, Any]]:
    """The AuthorizationPolicy on the application port, and the NetworkPolicy on the mesh's own.

    In ambient mode a pod receives mesh traffic on 15008, so a NetworkPolicy on the application port would
    refuse everything; the kubelet's probes arrive from a link-local address on the application port.

    Raises:
        ValueError: the source has no service account, without which the mesh cannot tell who calls.
    """
    if not flow.source.service_account:
        raise ValueError(f"flow {flow.name}: the source needs a service account")
    return [authorization(flow, trust_domain), ingress(flow)]


def authorization(flow: Flow, trust_domain: str) -> dict[str, Any]:
    """What ztunnel checks: the caller's identity and the port it asked for."""
    principal = f"{trust_domain}/ns/{flow.source.namespace}/sa/{flow.source.service_account}"
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": flow.name, "namespace": flow.target.namespace, "annotations": _reason(flow)},
        "spec": {
            "action": "ALLOW",
            "selector": {"matchLabels": dict(flow.target.labels)},
            "rules": [
                {
                    "from": [{"source": {"principals": [principal]}}],
                    "to": [{"operation": {"ports": [str(flow.port)]}}],
                }
            ],
        },
    }


def ingress(flow: Flow) -> dict[str, Any]:
    """What the CNI checks: the caller's pods on the mesh port, the kubelet on the application port."""
    source: dict[str, Any] = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": flow.source.namespace}}
    }
    if flow.source.labels:
        source["podSelector"] = {"matchLabels": dict(flow.source.labels)}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": flow.name, "namespace": flow.target.namespace, "annotations": _reason(flow)},
        "spec": {
            "podSelector": {"matchLabels": dict(flow.target.labels)},
            "policyTypes": ["Ingress"],
            "ingress": [
                {"from": [source], "ports": [{"port": AMBIENT_PORT, "protocol": "TCP"}]},
                {
                    "from": [{"ipBlock": {"cidr": KUBELET_PROBE_ADDRESS}}],
                    "ports": [{"port": flow.port, "protocol": "TCP"}],
                },
            ],
        },
    }


def _reason(flow: Flow) -> dict[str, str]:
    return {"slipway.dev/reason": flow.reason}
