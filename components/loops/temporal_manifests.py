"""Temporal in the cluster as plain data: its four services, its schema, and the namespace of the platform's runs.

Read in temporalio/temporal v1.32 on 2026-11-29: ``docker/targets``, ``common/config`` (``passwordCommand``, templates),
``tools/sql``, ``common/membership/ringpop``. Each service runs in pods of its own, so all have the same two ports.
"""

from typing import Any, Final

from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.pod_security import restricted_container, restricted_pod
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import TEMPORAL
from components.loops.database import PORT
from components.loops.temporal_config import (
    CONFIG,
    HOST,
    MEMBERSHIP_PORT,
    METRICS_PORT,
    RPC_PORT,
    TOKENS,
    host_as,
    labels,
    meta,
)
from facts.pins import images

ACCOUNT: Final = "temporal"
ADDRESS: Final = f"frontend.{TEMPORAL}.svc.cluster.local:{RPC_PORT}"
_USER_ID: Final = 1000  # the images' user, whom the token's file belongs to


def account() -> dict[str, Any]:
    """Whose role enters the database; the Kubernetes API is none of its business."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": meta(ACCOUNT),
        "automountServiceAccountToken": False,
    }


def frontend_service() -> dict[str, Any]:
    """Where workers and commands find the engine."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta("frontend"),
        "spec": {
            "type": "ClusterIP",
            "selector": labels("frontend"),
            "ports": [{"name": "grpc", "port": RPC_PORT, "targetPort": RPC_PORT, "protocol": "TCP"}],
        },
    }


def token_container(image: str, user: str, region: str, *, once: bool) -> dict[str, Any]:
    """Keeps the token for the database in the volume that the service reads it from."""
    return {
        "name": "first-token" if once else "token",
        "image": image,
        "command": ["python", "-m", "runtime.database_token"],
        "args": [
            *("--file", f"{TOKENS}/token", "--host", f"$({HOST})", "--port", str(PORT)),
            *("--user", user, "--region", region, *(["--once"] if once else [])),
        ],
        "env": [host_as()],
        "resources": {
            "requests": {"cpu": "10m", "memory": "64Mi"},
            "limits": {"cpu": "200m", "memory": "128Mi"},
        },
        "securityContext": restricted_container(),
        "volumeMounts": [{"name": "tokens", "mountPath": TOKENS}],
    }


def engine_pod(containers: list[dict[str, Any]], first: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A pod of the engine: as the user of its images, with its configuration and a place in memory for its token."""
    return {
        "serviceAccountName": ACCOUNT,
        "automountServiceAccountToken": False,
        "priorityClassName": PLATFORM_PRIORITY,
        **ON_SYSTEM_NODES,
        "securityContext": {
            **restricted_pod(),
            "runAsUser": _USER_ID,
            "runAsGroup": _USER_ID,
            "fsGroup": _USER_ID,
        },
        "initContainers": first,
        "containers": containers,
        "volumes": [
            {"name": "config", "configMap": {"name": "temporal-config"}},
            {"name": "tokens", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
        ],
        **more,
    }


def deployment(service: str, replicas: int, tokens: list[dict[str, Any]]) -> dict[str, Any]:
    """One service. Members find each other in the database and speak by their pods' own addresses."""
    first, kept = tokens
    probe = {"tcpSocket": {"port": RPC_PORT}}
    container = {
        "name": service,
        "image": images()["temporal-server"].reference,
        "command": ["temporal-server", "--config-file", f"{CONFIG}/config.yaml", "--allow-no-auth"],
        # Who calls is the mesh's to know: the flows name every identity.
        "args": ["start", "--service", service],
        "env": [
            {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            host_as(),
        ],
        "ports": [
            {"name": "grpc", "containerPort": RPC_PORT, "protocol": "TCP"},
            {"name": "membership", "containerPort": MEMBERSHIP_PORT, "protocol": "TCP"},
            {"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"},
        ],
        "resources": {
            "requests": {"cpu": "100m", "memory": "256Mi"},
            "limits": {"cpu": "1", "memory": "1Gi"},
        },
        "securityContext": restricted_container(),
        "readinessProbe": probe,
        "livenessProbe": {**probe, "initialDelaySeconds": 60, "periodSeconds": 20},
        "volumeMounts": [
            {"name": "config", "mountPath": CONFIG, "readOnly": True},
            {"name": "tokens", "mountPath": TOKENS, "readOnly": True},
        ],
    }
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": labels(service)},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta(service),
        "spec": {
            "replicas": replicas,
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "selector": {"matchLabels": labels(service)},
            "template": {
                "metadata": {"labels": labels(service)},
                "spec": engine_pod(
                    [container, kept],
                    [first],
                    terminationGracePeriodSeconds=60,
                    topologySpreadConstraints=[spread],
                ),
            },
        },
    }


def budget(service: str) -> dict[str, Any]:
    """One pod of a service stays while nodes are drained."""
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": meta(service),
        "spec": {"minAvailable": 1, "selector": {"matchLabels": labels(service)}},
    }
