"""The desk that triage reads at: what is known of releases, for one caller, changing nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.agents.flows import DESK_PODS, desk_ways
from components.agents.manifests import USER
from components.agents.parts import DESK, DESK_PORT, meta
from components.agents.told import RELEASES, TOLD, Ground, loops_settings, records_map, records_volume
from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.base import Handle, PlatformComponent
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.pod_security import restricted_container, restricted_pod
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.well_known import AGENTS, OBSERVABILITY
from components.loops.kinds import ROUTES

_ALERTMANAGER: Final = f"http://kube-prometheus-stack-alertmanager.{OBSERVABILITY}.svc:9093"
_API: Final = "/var/run/secrets/kubernetes.io/serviceaccount"


@dataclass(frozen=True, kw_only=True)
class DeskArgs:
    """What :class:`Desk` needs. ``files`` are the models' records, by their paths; ``after`` what must be there."""

    ground: Ground
    image: str
    files: Mapping[str, str]
    api_server_range: str
    after: Sequence[pulumi.Resource]


class Desk(PlatformComponent):
    """A server that reads figures, alerts, records and routes, and answers agents whose flow is declared."""

    TYPE = "slipway:agents:Desk"

    def __init__(self, name: str, args: DeskArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        before = {
            "account": desk_account(),
            "records": records_map(DESK, args.files),
            "told": desk_told(args.ground),
            "service": desk_service(),
            **{f"way-to-{where}": way for where, way in desk_ways(args.api_server_range).items()},
            **{f"{namespace}-role": desk_role(namespace) for namespace in ROUTES},
        }
        made = self._made(name, before, args.after)
        bindings = self._made(
            name, {f"{namespace}-binding": desk_binding(namespace) for namespace in ROUTES}, made
        )
        # A desk without its records or its ways would answer that nothing is known.
        server = self._made(name, {"server": desk_deployment(args.image, args.files)}, [*made, *bindings])
        self.handle = Handle(ready=(*made, *bindings, *server))
        self.register_outputs({})

    def _made(
        self, name: str, manifests: Mapping[str, dict[str, Any]], after: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        return [
            KubernetesObject(f"{name}-{what}", manifest, self.child_opts(depends_on=list(after)))
            for what, manifest in manifests.items()
        ]


def desk_account() -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": meta(DESK),
        "automountServiceAccountToken": False,
    }


def desk_role(namespace: str) -> dict[str, Any]:
    """It reads the routes that carry shares, and nothing else."""
    group, resource = ROUTES[namespace]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": meta(DESK, namespace),
        "rules": [{"apiGroups": [group], "resources": [resource], "verbs": ["get"]}],
    }


def desk_binding(namespace: str) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": meta(DESK, namespace),
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": DESK},
        "subjects": [{"kind": "ServiceAccount", "name": DESK, "namespace": AGENTS}],
    }


def desk_told(ground: Ground) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": meta(DESK),
        "data": {"loops.yaml": pulumi.Output.json_dumps(loops_settings(ground), sort_keys=True)},
    }


def desk_service() -> dict[str, Any]:
    """The address that records of agents name."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": meta(DESK),
        "spec": {
            "type": "ClusterIP",
            "selector": dict(DESK_PODS),
            "ports": [{"name": "http", "port": DESK_PORT, "targetPort": DESK_PORT, "protocol": "TCP"}],
        },
    }


def desk_deployment(image: str, files: Mapping[str, str]) -> dict[str, Any]:
    """One pod, which nobody reaches whose flow is not declared."""
    probe = {"tcpSocket": {"port": DESK_PORT}}
    token = {"serviceAccountToken": {"path": "token", "expirationSeconds": 3600}}
    authority = {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
    container = {
        "name": DESK,
        "image": image,
        "command": ["python", "-m", "runtime.loops.agents"],
        "args": [
            *("desk", "--settings", f"{TOLD}/loops.yaml", "--alertmanager", _ALERTMANAGER),
            *("--host", "0.0.0.0", "--port", str(DESK_PORT)),  # noqa: S104 the pod's own address
        ],
        "ports": [{"name": "http", "containerPort": DESK_PORT, "protocol": "TCP"}],
        "readinessProbe": probe,
        "livenessProbe": {**probe, "initialDelaySeconds": 30},
        "resources": {
            "requests": {"cpu": "20m", "memory": "128Mi"},
            "limits": {"cpu": "500m", "memory": "256Mi"},
        },
        "securityContext": restricted_container(),
        "volumeMounts": [
            {"name": "told", "mountPath": f"{TOLD}/loops.yaml", "subPath": "loops.yaml", "readOnly": True},
            {"name": "records", "mountPath": RELEASES, "readOnly": True},
            {"name": "api", "mountPath": _API, "readOnly": True},
        ],
    }
    pod = {
        "serviceAccountName": DESK,
        # The token is mounted by hand below, so that it lives an hour.
        "automountServiceAccountToken": False,
        "priorityClassName": PLATFORM_PRIORITY,
        **ON_SYSTEM_NODES,
        "securityContext": {**restricted_pod(), "runAsUser": USER, "runAsGroup": USER, "fsGroup": USER},
        "containers": [container],
        "volumes": [
            {"name": "told", "configMap": {"name": DESK}},
            records_volume(DESK, files),
            {"name": "api", "projected": {"sources": [token, authority]}},
        ],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": meta(DESK),
        "spec": {
            "replicas": 1,
            "selector": {"matchLabels": dict(DESK_PODS)},
            "template": {"metadata": {"labels": dict(DESK_PODS)}, "spec": pod},
        },
    }
