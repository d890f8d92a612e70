"""KEDA: scales predictive models on what happens, and to zero where a release allows it."""

from dataclasses import dataclass
from typing import Any

import pulumi

from components.base import Handle, PlatformComponent, Settings
from components.cluster_addons import ClusterAddonsHandle
from components.helm import release
from components.kubernetes import KubernetesObject
from components.namespaces import KEDA
from components.system_namespace import system_namespace


class AutoscalingSettings(Settings):
    """``autoscaling:`` in a stack file: nothing to choose yet."""


@dataclass(frozen=True, kw_only=True)
class AutoscalingArgs:
    """What :class:`Autoscaling` needs."""

    settings: AutoscalingSettings
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class AutoscalingHandle(Handle):
    """What others may use of :class:`Autoscaling`: that ScaledObjects are acted upon."""


def values() -> dict[str, Any]:
    """The chart's values: its CRDs stay, its webhook refuses wrong objects, its pods survive a node."""
    small = {"requests": {"cpu": "100m", "memory": "256Mi"}, "limits": {"cpu": "1", "memory": "1Gi"}}
    return {
        "crds": {"install": True},
        "operator": {"replicaCount": 2},
        "metricsServer": {"replicaCount": 2},
        "webhooks": {"enabled": True, "replicaCount": 2, "failurePolicy": "Fail"},
        "resources": {"operator": small, "metricServer": small, "webhooks": small},
        "podDisruptionBudget": {
            kind: {"minAvailable": 1} for kind in ("operator", "metricServer", "webhooks")
        },
    }


class Autoscaling(PlatformComponent):
    """KEDA in a namespace of its own."""

    TYPE = "slipway:serving:Autoscaling"

    def __init__(self, name: str, args: AutoscalingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(KEDA),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        # Kept on delete: its CRDs are part of the chart, and without them every model stops scaling.
        keda = release(
            f"{name}-keda",
            "keda",
            KEDA,
            values(),
            self.child_opts(depends_on=[namespace], retain_on_delete=True),
        )
        self.handle = AutoscalingHandle(ready=(keda,))
        self.register_outputs({})
