"""The manifests of a closed namespace: its NetworkPolicies, and what the mesh asks of it."""

import ipaddress
from collections.abc import Sequence
from typing import Any, Final

POD_IDENTITY_AGENT: Final = "169.254.170.23/32"
"""Where the EKS Pod Identity agent listens on every node, port 80 (EKS user guide, "Set up the Amazon EKS Pod
Identity Agent", read 2026-11). An IPv6 cluster has fd00:ec2::23 instead."""

LINK_LOCAL: Final = ipaddress.IPv4Network("169.254.0.0/16")
"""Where a node offers its own services, instance metadata first."""


def workload_namespace(name: str) -> dict[str, Any]:
    """In the mesh; pods must meet the restricted standard."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {
            "name": name,
            "labels": {
                "app.kubernetes.io/part-of": "slipway",
                "istio.io/dataplane-mode": "ambient",
                "pod-security.kubernetes.io/enforce": "restricted",
                "pod-security.kubernetes.io/enforce-version": "latest",
                "pod-security.kubernetes.io/audit": "restricted",
                "pod-security.kubernetes.io/warn": "restricted",
            },
        },
    }


def deny_all_requests(namespace: str) -> dict[str, Any]:
    """An AuthorizationPolicy without rules allows nothing, and makes every other ALLOW an exception to it."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "default-deny", "namespace": namespace},
        "spec": {},
    }


def require_mutual_tls(namespace: str) -> dict[str, Any]:
    """The namespace's own word, which stands even where somebody loosens the mesh-wide one."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "default", "namespace": namespace},
        "spec": {"mtls": {"mode": "STRICT"}},
    }


def deny_all_traffic(namespace: str) -> dict[str, Any]:
    """No packet in or out of any pod."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def deny_incoming_traffic(namespace: str) -> dict[str, Any]:
    """No packet into any pod: for namespaces of the platform's own proxies, which call many."""
    manifest = deny_all_traffic(namespace)
    manifest["spec"]["policyTypes"] = ["Ingress"]
    return manifest


def necessary_egress(namespace: str, https_ranges: Sequence[str]) -> dict[str, Any]:
    """What every workload needs to start: names, its credentials, and AWS's endpoints.

    Traffic to other workloads is not here: it leaves for port 15008 of their pods, which each flow opens.
    """
    rules: list[dict[str, Any]] = [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ],
            "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
        },
        {"to": [{"ipBlock": {"cidr": POD_IDENTITY_AGENT}}], "ports": [{"port": 80, "protocol": "TCP"}]},
    ]
    if https_ranges:
        rules.append(
            {
                "to": [{"ipBlock": _without_link_local(cidr)} for cidr in https_ranges],
                "ports": [{"port": 443, "protocol": "TCP"}],
            }
        )
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "necessary-egress", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Egress"], "egress": rules},
    }


def _without_link_local(cidr: str) -> dict[str, Any]:
    network = ipaddress.ip_network(cidr)
    if isinstance(network, ipaddress.IPv4Network) and LINK_LOCAL.subnet_of(network):
        return {"cidr": cidr, "except": [str(LINK_LOCAL)]}
    return {"cidr": cidr}


def quota(namespace: str, *, cpu: int, memory_gib: int, gpus: int, pods: int) -> dict[str, Any]:
    """What all pods of the namespace may take together; no service of theirs may become a way in."""
    return {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "all-workloads", "namespace": namespace},
        "spec": {
            "hard": {
                "requests.cpu": str(cpu),
                "requests.memory": f"{memory_gib}Gi",
                "requests.nvidia.com/gpu": str(gpus),
                "pods": str(pods),
                "services.loadbalancers": "0",
                "services.nodeports": "0",
            }
        },
    }


def container_defaults(namespace: str) -> dict[str, Any]:
    """What a container gets that does not ask; a quota refuses pods without requests."""
    return {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "container-defaults", "namespace": namespace},
        "spec": {
            "limits": [
                {
                    "type": "Container",
                    "default": {"cpu": "500m", "memory": "512Mi"},
                    "defaultRequest": {"cpu": "50m", "memory": "128Mi"},
                }
            ]
        },
    }
