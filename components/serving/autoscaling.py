"""KEDA: scales predictive models on what happens, and to zero where a release allows it."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.helm import release
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import KEDA
from components.mesh.declared_flows import DeclaredFlows, DeclaredFlowsArgs
from components.mesh.flow import Peer
from components.mesh.mesh import MeshHandle
from components.mesh.mesh_exception import MeshException
from components.observability.values import IN_MESH

METRICS_PORT: Final = 6443
"""Where KEDA's metrics server answers the API server (``service.portHttpsTarget`` of the chart)."""


class AutoscalingSettings(Settings):
    """``autoscaling:`` in a stack file: nothing to choose yet."""


@dataclass(frozen=True, kw_only=True)
class AutoscalingArgs:
    """What :class:`Autoscaling` needs. ``api_server_range`` holds the addresses the API server calls from."""

    settings: AutoscalingSettings
    api_server_range: str
    cluster_addons: ClusterAddonsHandle
    mesh: MeshHandle
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class AutoscalingHandle(Handle):
    """What others may use of :class:`Autoscaling`: that ScaledObjects are acted upon."""


def values() -> dict[str, Any]:
    """The chart's values: its CRDs stay, its webhook refuses wrong objects, its pods survive a node.

    The operator joins the mesh, since Prometheus answers only callers with an identity, and with it the metrics
    server, which asks the operator. The webhooks ask nobody and stay outside.
    """
    small = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    return {
        "crds": {"install": True},
        # The API server asks its webhook and, for the HPA, its metrics server.
        "priorityClassName": PLATFORM_PRIORITY,
        **ON_SYSTEM_NODES,
        "operator": {"replicaCount": 2},
        "metricsServer": {"replicaCount": 2},
        "webhooks": {"enabled": True, "replicaCount": 2, "failurePolicy": "Fail"},
        "podLabels": {"keda": IN_MESH, "metricsAdapter": IN_MESH},
        # The Service has a port for metrics only where they are on; the monitor is ours.
        "prometheus": {"operator": {"enabled": True}},
        "resources": {"operator": small, "metricServer": small, "webhooks": small},
        "podDisruptionBudget": {
            kind: {"minAvailable": 1} for kind in ("operator", "metricServer", "webhooks")
        },
    }


def metrics_exception(api_server_range: str) -> MeshException:
    """The API server hands on what the HPA asks; it is no part of the mesh, and TLS on both sides stands in."""
    return MeshException(
        kind="api-server-to-webhook",
        name="api-server-to-keda-metrics",
        target=Peer(namespace=KEDA, labels={"app": "keda-operator-metrics-apiserver"}),
        port=METRICS_PORT,
        reason="external metrics for the HPA; the metrics server asks for the API server's client certificate",
        addresses=[api_server_range],
        probe_ports=(METRICS_PORT,),
    )


class Autoscaling(PlatformComponent):
    """KEDA in a namespace of its own, of whose pods those join the mesh that meet others in it."""

    TYPE = "slipway:serving:Autoscaling"

    def __init__(self, name: str, args: AutoscalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(KEDA),
            # Kept like the release in it: a webhook and an API service without pods refuse everybody.
            self.child_opts(depends_on=list(args.cluster_addons.ready), retain_on_delete=True),
        )
        flows = DeclaredFlows(
            f"{name}-flows",
            DeclaredFlowsArgs(
                exceptions=[metrics_exception(args.api_server_range)], after=[*args.mesh.ready, namespace]
            ),
            self.child_opts(),
        )
        # Kept on delete: its CRDs are part of the chart, and without them every model stops scaling.
        keda = release(
            f"{name}-keda",
            "keda",
            KEDA,
            values(),
            # A pod joins the mesh as it starts: the agents must run. Unreachable metrics stop every HPA.
            self.child_opts(depends_on=[namespace, *args.mesh.ready, *flows.ready], retain_on_delete=True),
            registry=args.registry,
        )
        self.handle = AutoscalingHandle(ready=(*flows.ready, keda))
        self.register_outputs({})
