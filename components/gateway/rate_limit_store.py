"""Where Envoy Gateway counts requests and tokens, and the Redis of a trial. Losing either resets the counts."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import ENVOY_GATEWAY
from facts.pins import images

NAME: Final = "rate-limit-store"
PORT: Final = 6379
_LABELS: Final = {"app.kubernetes.io/name": NAME}
_COUNTER_LABELS: Final = {
    "app.kubernetes.io/name": "envoy-ratelimit",
    "app.kubernetes.io/component": "ratelimit",
}
"""The pods that Envoy Gateway deploys to count (its infrastructure code, v1.8.1)."""

_USER_SECRET: Final = {"name": "rate-limit-store-user", "key": "auth"}
"""It holds ``user:password``, as the rate-limit service reads it, and is made by hand (docs/components/gateway.md)."""


@dataclass(frozen=True, kw_only=True)
class StoreAddress:
    """Where the rate-limit service counts, and what it must be told besides."""

    url: pulumi.Input[str]
    environment: tuple[dict[str, Any], ...] = ()


IN_CLUSTER: Final = StoreAddress(url=f"{NAME}.{ENVOY_GATEWAY}.svc.cluster.local:{PORT}")


def managed_address(url: pulumi.Input[str]) -> StoreAddress:
    """A cache under TLS with a user and a password, of which only the Secret's name is known here.

    Envoy Gateway's own field ``redis.tls`` without a client certificate mounts a volume that it does not make, and its
    Deployment is refused (internal/infrastructure/kubernetes/ratelimit/resource.go of v1.8.1, read: 2026-11-29). The
    service's own variable has no such fault.
    """
    return StoreAddress(
        url=url,
        environment=(
            {"name": "REDIS_TLS", "value": "true"},
            # A serverless cache speaks the cluster protocol only; with it, the service writes in windows.
            {"name": "REDIS_TYPE", "value": "CLUSTER"},
            {"name": "REDIS_PIPELINE_WINDOW", "value": "150us"},
            # Until somebody has made the Secret, the pods wait, and every request is refused.
            {"name": "REDIS_AUTH", "valueFrom": {"secretKeyRef": _USER_SECRET}},
        ),
    )


def store_manifests() -> dict[str, dict[str, Any]]:
    """Deployment, Service and the NetworkPolicy that lets only the rate-limit service in."""
    metadata = {"name": NAME, "namespace": ENVOY_GATEWAY, "labels": _LABELS}
    return {
        "deployment": {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {
                "replicas": 1,
                # A new version counts before the old one goes. A drain has no such order: no budget stands in its
                # way, and requests are refused for the seconds until the pod runs elsewhere.
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
                "selector": {"matchLabels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": _pod()},
            },
        },
        "service": {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {
                "type": "ClusterIP",
                "selector": _LABELS,
                "ports": [{"name": "redis", "port": PORT, "targetPort": PORT, "protocol": "TCP"}],
            },
        },
        "network": {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": metadata,
            "spec": {
                "podSelector": {"matchLabels": _LABELS},
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [
                    {
                        "from": [{"podSelector": {"matchLabels": _COUNTER_LABELS}}],
                        "ports": [{"port": PORT, "protocol": "TCP"}],
                    }
                ],
                "egress": [],
            },
        },
    }


def _pod() -> dict[str, Any]:
    return {
        "automountServiceAccountToken": False,
        # While nobody counts, every request is refused.
        "priorityClassName": PLATFORM_PRIORITY,
        **ON_SYSTEM_NODES,
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": 999,
            "runAsGroup": 999,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": "redis",
                "image": images()["redis"].reference,
                "args": [
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--maxmemory",
                    "200mb",
                    "--maxmemory-policy",
                    "volatile-ttl",
                    # The image starts without it, a distribution's build with it and refuses every call but its own;
                    # the NetworkPolicy says who may call.
                    "--protected-mode",
                    "no",
                ],
                "ports": [{"containerPort": PORT, "protocol": "TCP"}],
                "resources": {
                    "requests": {"cpu": "100m", "memory": "256Mi"},
                    "limits": {"cpu": "500m", "memory": "256Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "readinessProbe": {"tcpSocket": {"port": PORT}},
                "livenessProbe": {"tcpSocket": {"port": PORT}},
            }
        ],
    }
