"""Workers of the loops as plain data: a Deployment a kind, what each is told, and the door for alerts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.kubernetes_object import NOT_AWAITED
from components.foundation.names import RUNTIME, Names
from components.foundation.pod_security import restricted_container, restricted_pod
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import LOOPS
from components.loops.figures import queries
from components.loops.kinds import RECEIVER, labels, meta
from components.models.scaling import PROMETHEUS
from facts.pins import images

DOOR_PORT: Final = 8080
METRICS_PORT: Final = 9464
CODE: Final = "/usr/local/lib/python3.11/dist-packages"
"""Where the image has our own code (``tools/runtime_image/wheels.py``)."""
_WORK: Final = "/var/lib/loops"
_CHECKOUT: Final = f"{_WORK}/checkout"
_TOLD: Final = "/etc/slipway"
_TOKEN: Final = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 a path
_TOKEN_SECONDS: Final = 3600


@dataclass(frozen=True, kw_only=True)
class Told:
    """What all workers are told: the engine, and the repository with records and stack files."""

    environment: str
    address: pulumi.Input[str]
    namespace: pulumi.Input[str]
    is_tls: bool
    repository: str
    branch: str
    region: str
    """Where keys lie."""
    key_alias: Callable[[str], str]
    """What the key is called that signs a kind's events."""
    triage: Mapping[str, Any] | None = None
    """The agent that alerts begin: of the door alone."""


def loops_image(names: Names) -> str:
    """The image of the workers, from the platform's own registry and by digest."""
    pinned = images()["slipway-loops"]
    return f"{names.registry}/{names.repository(RUNTIME)}:{pinned.version}@{pinned.digest}"


def settings_of(kind: str, told: Told) -> dict[str, Any]:
    """What a worker reads (``runtime/loops/settings.py``): addresses and paths, and where a secret lies."""
    return {
        "environment": told.environment,
        "temporal": {"address": told.address, "namespace": told.namespace, "tls": told.is_tls},
        "prometheus": {"url": PROMETHEUS, "queries": queries()},
        "releases": f"{_CHECKOUT}/releases/models",
        "policies": f"{CODE}/policies/actions",
        "repository": {"url": told.repository, "branch": told.branch, "folder": _CHECKOUT},
        "shares": {"kind": "cluster", "server": "https://kubernetes.default.svc"},
        "people": {"keys": f"{_CHECKOUT}/releases/people"},
        "references": f"{_CHECKOUT}/releases/references",
        "proposals": f"{_WORK}/proposals",
        **({} if kind == RECEIVER else _of_a_worker(kind, told)),
        **({"triage": dict(told.triage)} if kind == RECEIVER and told.triage is not None else {}),
    }


def _of_a_worker(kind: str, told: Told) -> dict[str, Any]:
    """What the door does not do: it appends no event, and counts nothing."""
    return {
        "events": {
            "kms": {"key": told.key_alias(kind), "region": told.region},
            # A branch each: two writers of one would refuse each other's commits.
            "branch": f"slipway-events-{kind}",
            "remote": "origin",
        },
        "metrics": f"0.0.0.0:{METRICS_PORT}",
    }


def config_map(kind: str, told: Told) -> dict[str, Any]:
    """A kind's settings as JSON, which is YAML too; the engine's address may be another stack's to say."""
    text = pulumi.Output.json_dumps(settings_of(kind, told), sort_keys=True)
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta(kind), "data": {"loops.yaml": text}}


def deployment(kind: str, image: str, repository_secret: str) -> dict[str, Any]:
    """One worker of a kind. A second one adds nothing: what one begins, another goes on with when it is gone."""
    is_door = kind == RECEIVER
    command = (
        ["receive", "--host", "0.0.0.0", "--port", str(DOOR_PORT)]  # noqa: S104 the pod's own address
        if is_door
        else ["worker", "--kind", kind]
    )
    container = {
        "name": kind,
        "image": image,
        "command": ["python", "-m", "runtime.loops"],
        "args": [*command, "--settings", f"{_TOLD}/loops.yaml"],
        "env": _git_environment(repository_secret),
        "resources": {
            "requests": {"cpu": "50m", "memory": "192Mi"},
            "limits": {"cpu": "500m", "memory": "512Mi"},
        },
        "securityContext": restricted_container(),
        "volumeMounts": _mounts(),
    }
    if is_door:
        probe: dict[str, Any] = {"httpGet": {"path": "/healthz", "port": DOOR_PORT}}
        container |= {
            "ports": [{"name": "http", "containerPort": DOOR_PORT, "protocol": "TCP"}],
            "readinessProbe": probe,
            "livenessProbe": probe | {"initialDelaySeconds": 30},
        }
    else:
        container |= {"ports": [{"name": "metrics", "containerPort": METRICS_PORT, "protocol": "TCP"}]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {**meta(kind), "annotations": dict(NOT_AWAITED)},
        "spec": {
            "replicas": 1,
            # One writer of a checkout's branch at a time.
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels(kind)},
            "template": {
                "metadata": {"labels": labels(kind)},
                "spec": _pod(kind, container),
            },
        },
    }


def _pod(kind: str, container: dict[str, Any]) -> dict[str, Any]:
    user = 65532
    token = {"serviceAccountToken": {"path": "token", "expirationSeconds": _TOKEN_SECONDS}}
    authority = {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
    return {
        "serviceAccountName": kind,
        # The token is mounted by hand below, so that it lives an hour.
        "automountServiceAccountToken": False,
        "priorityClassName": PLATFORM_PRIORITY,
        **ON_SYSTEM_NODES,
        "securityContext": {**restricted_pod(), "runAsUser": user, "runAsGroup": user, "fsGroup": user},
        "containers": [container],
        "volumes": [
            {"name": "told", "configMap": {"name": kind}},
            {"name": "work", "emptyDir": {"sizeLimit": "1Gi"}},
            {"name": "api", "projected": {"sources": [token, authority]}},
        ],
    }


def _git_environment(secret: str) -> list[dict[str, Any]]:
    """What git shows the repository's server, from a Secret: there is no shell in the image for a credential helper."""
    header = {"secretKeyRef": {"name": secret, "key": "header"}}
    return [
        {"name": "HOME", "value": _WORK},
        {"name": "GIT_CONFIG_COUNT", "value": "1"},
        {"name": "GIT_CONFIG_KEY_0", "value": "http.extraHeader"},
        {"name": "GIT_CONFIG_VALUE_0", "valueFrom": header},
    ]


def _mounts() -> list[dict[str, Any]]:
    return [
        {"name": "told", "mountPath": f"{_TOLD}/loops.yaml", "subPath": "loops.yaml", "readOnly": True},
        {"name": "work", "mountPath": _WORK},
        {"name": "api", "mountPath": _TOKEN, "readOnly": True},
    ]


def door() -> dict[str, Any]:
    """Where Alertmanager and people's front end find the receiver."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {**meta(RECEIVER), "namespace": LOOPS},
        "spec": {
            "type": "ClusterIP",
            "selector": labels(RECEIVER),
            "ports": [{"name": "http", "port": DOOR_PORT, "targetPort": DOOR_PORT, "protocol": "TCP"}],
        },
    }
