"""The workers of an agent as plain data: a Deployment a part, each with an account, settings and secrets of its own."""

from collections.abc import Mapping
from typing import Any, Final

from components.agents.parts import METRICS_PORT, Part, account, begins_runs, labels, meta
from components.agents.told import (
    AUTHORITY,
    EDGE_SERVICE,
    RELEASES,
    SECRETS,
    TOLD,
    WORK,
    Ground,
    records_volume,
)
from components.cluster.cluster_addons import STORAGE_CLASS
from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.kubernetes_object import NOT_AWAITED
from components.foundation.pod_security import restricted_container, restricted_pod
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import EDGE
from components.gateway.flows import EDGE_PORT, EDGE_PROXIES
from releases.agent import Agent

USER: Final = 65532
_JOURNAL_SIZE: Final = "5Gi"
_READ_ONLY: Final = {"readOnly": True}


def service_account(agent: str, part: Part) -> dict[str, Any]:
    """The identity of a part in the mesh and in AWS; the Kubernetes API is none of its business."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": meta(account(agent, part)),
        "automountServiceAccountToken": False,
    }


def journal_claim(agent: str) -> dict[str, Any]:
    """The disk with the journal, the budgets and the rates of an agent: one part writes it."""
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": meta(f"{agent}-journal"),
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": STORAGE_CLASS,
            "resources": {"requests": {"storage": _JOURNAL_SIZE}},
        },
    }


def deployment(
    agent: Agent, part: Part, image: str, files: Mapping[str, str], ground: Ground
) -> dict[str, Any]:
    """One worker of one part. The one that acts is alone: budgets, rates and breakers stand on its disk."""
    # The port is open once the engine was reached.
    probe = {"tcpSocket": {"port": METRICS_PORT}}
    container = {
        "name": part,
        "image": image,
        "command": ["python", "-m", "runtime.loops.agents"],
        "args": ["worker", "--settings", f"{TOLD}/agent.yaml"],
        "ports": [{"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"}],
        "readinessProbe": probe,
        "livenessProbe": {**probe, "initialDelaySeconds": 60, "periodSeconds": 20},
        "resources": {
            "requests": {"cpu": "50m", "memory": "192Mi"},
            "limits": {"cpu": "500m", "memory": "512Mi"},
        },
        "securityContext": restricted_container(),
        "volumeMounts": _mounts(agent, part),
    }
    own = labels(agent.agent, part)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**meta(account(agent.agent, part)), "annotations": dict(NOT_AWAITED)},
        "spec": {
            "replicas": 1,
            # Never two that act: each would count a budget of its own.
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": own},
            "template": {
                "metadata": {"labels": own},
                "spec": {
                    "serviceAccountName": account(agent.agent, part),
                    "automountServiceAccountToken": False,
                    "priorityClassName": PLATFORM_PRIORITY,
                    **ON_SYSTEM_NODES,
                    "securityContext": {
                        **restricted_pod(),
                        "runAsUser": USER,
                        "runAsGroup": USER,
                        "fsGroup": USER,
                    },
                    "containers": [container],
                    "volumes": _volumes(agent, part, files, ground),
                },
            },
        },
    }


def _mounts(agent: Agent, part: Part) -> list[dict[str, Any]]:
    told = ["agent.yaml", *(["loops.yaml"] if part == "act" and begins_runs(agent) else [])]
    return [
        *({"name": "told", "mountPath": f"{TOLD}/{file}", "subPath": file, **_READ_ONLY} for file in told),
        {"name": "records", "mountPath": RELEASES, **_READ_ONLY},
        {"name": "secrets", "mountPath": SECRETS, **_READ_ONLY},
        *([{"name": "journal", "mountPath": WORK}] if part == "act" else []),
    ]


def _volumes(agent: Agent, part: Part, files: Mapping[str, str], ground: Ground) -> list[dict[str, Any]]:
    claim = {"name": "journal", "persistentVolumeClaim": {"claimName": f"{agent.agent}-journal"}}
    return [
        {"name": "told", "configMap": {"name": account(agent.agent, part)}},
        records_volume(agent.agent, files),
        {
            "name": "secrets",
            "secret": {"secretName": account(agent.agent, part), "items": _secrets(agent, part, ground)},
        },
        *([claim] if part == "act" else []),
    ]


def _secrets(agent: Agent, part: Part, ground: Ground) -> list[dict[str, str]]:
    """Keys of the part's own Secret, which is made beside the stack: what a part does not need is not there."""
    if part != "act":
        return [
            {"key": "token", "path": "token"},
            *([{"key": AUTHORITY, "path": AUTHORITY}] if ground.has_own_authority else []),
        ]
    identities = {tool.identity for tool in agent.tools.values() if not tool.reaches.startswith("run://")}
    return [
        {"key": "journal.pem", "path": "journal.pem"},
        *({"key": identity, "path": f"identities/{identity}"} for identity in sorted(identities)),
    ]


def edge_inside() -> dict[str, Any]:
    """Where callers in the cluster find the edge; who may come is for the flows to say, and a token is asked for."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta(EDGE_SERVICE, EDGE),
        "spec": {
            "type": "ClusterIP",
            "selector": dict(EDGE_PROXIES.labels),
            "ports": [{"name": "https", "port": 443, "targetPort": EDGE_PORT, "protocol": "TCP"}],
        },
    }
