"""The manifests of a closed namespace."""

from typing import Any, Final

from components.namespaces import AMBIENT_PORT, ISTIO_SYSTEM

POD_IDENTITY_AGENT: Final = "169.254.170.23/32"
"""Where the EKS Pod Identity agent listens on every node, port 80 (EKS user guide, "Set up the Amazon EKS Pod
Identity Agent", read 2026-11)."""


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


def deny_all_traffic(namespace: str) -> dict[str, Any]:
    """No packet in or out of any pod."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "default-deny", "namespace": namespace},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }


def necessary_egress(namespace: str) -> dict[str, Any]:
    """What every workload needs to start: names, the mesh, its credentials, and AWS's endpoints in the VPC."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "necessary-egress", "namespace": namespace},
        "spec": {
            "podSelector": {},
            "policyTypes": ["Egress"],
            "egress": [
                {
                    "to": [
                        {
                            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                        }
                    ],
                    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
                },
                {
                    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": ISTIO_SYSTEM}}}],
                    "ports": [{"port": AMBIENT_PORT, "protocol": "TCP"}],
                },
                {"to": [{"ipBlock": {"cidr": POD_IDENTITY_AGENT}}], "ports": [{"port": 80, "protocol": "TCP"}]},
                # S3 answers from public addresses even through its gateway endpoint.
                {
                    "to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}],
                    "ports": [{"port": 443, "protocol": "TCP"}],
                },
            ],
        },
    }


def quota(namespace: str, *, cpu: int, memory_gib: int, gpus: int, pods: int) -> dict[str, Any]:
    """What all pods of the namespace may take together."""
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
