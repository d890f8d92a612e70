"""The mesh: every workload has an identity, and everything between workloads is encrypted."""

from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pydantic import Field

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.cluster.priorities import PLATFORM_PRIORITY
from components.foundation.base import Handle, PlatformComponent, Settings
from components.foundation.closed_namespace import require_mutual_tls
from components.foundation.definitions import define
from components.foundation.helm import release
from components.foundation.kubernetes_object import KubernetesObject
from components.foundation.registry import UPSTREAM, Registry
from components.foundation.system_home import ON_SYSTEM_NODES
from components.foundation.system_namespace import system_namespace
from components.foundation.well_known import ISTIO_SYSTEM
from components.mesh.flow import TRUST_DOMAIN
from facts.definitions import definitions


class MeshSettings(Settings):
    """``mesh:`` in a stack file: strictness is not a setting."""

    control_plane_replicas: int = Field(default=2, ge=2, le=5)
    # How long a node's proxy that is replaced keeps the streams it carries; a long answer takes minutes.
    drain_seconds: int = Field(default=300, ge=30, le=3600)


_ALONE: Final = {"enableReaderRBAC": False}
"""No second cluster reads this one: both charts leave out an account that may read every Secret."""
_OWN_THE_NETWORK: Final = "ztunnel and the CNI agent own the pods' network on each node"


@dataclass(frozen=True, kw_only=True)
class MeshArgs:
    """What :class:`Mesh` needs."""

    settings: MeshSettings
    cluster_addons: ClusterAddonsHandle
    registry: Registry = UPSTREAM


@dataclass(frozen=True, kw_only=True)
class MeshHandle(Handle):
    """What others may use of :class:`Mesh`."""

    trust_domain: pulumi.Input[str]


def istiod_values(settings: MeshSettings) -> dict[str, Any]:
    """The control plane in ambient mode (values of the istiod chart 1.30)."""
    return {
        "profile": "ambient",
        "autoscaleMin": settings.control_plane_replicas,
        "autoscaleMax": 5,
        "meshConfig": {
            "trustDomain": TRUST_DOMAIN,
            # ztunnel writes one line a connection and says who called; proxies need not write a second.
            "accessLogFile": "",
        },
        "resources": {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
        "seccompProfile": {"type": "RuntimeDefault"},
        # On nodes that no autoscaler takes away: without it no new pod gets an identity.
        **ON_SYSTEM_NODES,
        "global": {"logAsJson": True, "priorityClassName": PLATFORM_PRIORITY, **_ALONE},
    }


def cni_values() -> dict[str, Any]:
    """The agent that leads a pod's traffic into ztunnel."""
    return {
        "profile": "ambient",
        "resources": {
            "requests": {"cpu": "50m", "memory": "128Mi"},
            "limits": {"cpu": "1", "memory": "512Mi"},
        },
        "global": {"logAsJson": True},
    }


def ztunnel_values(settings: MeshSettings) -> dict[str, Any]:
    """The node proxy, which carries all traffic of the node's workloads."""
    return {
        "resources": {
            "requests": {"cpu": "200m", "memory": "512Mi"},
            "limits": {"cpu": "2", "memory": "1Gi"},
        },
        "terminationGracePeriodSeconds": settings.drain_seconds,
        "logAsJson": True,
    }


def base_values() -> dict[str, Any]:
    """Of Istio's base chart, the webhook that checks every object of the mesh; its CRDs are objects of ours."""
    return {
        "base": {"excludedCRDs": sorted(definitions("istio"))},
        "global": _ALONE,
    }


class Mesh(PlatformComponent):
    """Istio in ambient mode with mutual TLS required everywhere.

    ztunnel and the CNI agent run on every node with node privileges: their namespace is the one that may.
    """

    TYPE = "slipway:mesh:Mesh"

    def __init__(self, name: str, args: MeshArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(ISTIO_SYSTEM, pod_security="privileged", reason=_OWN_THE_NETWORK),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        # CRDs, then the control plane that serves their webhooks, then the agents it gives certificates.
        crds = define(self, name, "istio")
        base = release(
            f"{name}-base",
            "istio-base",
            ISTIO_SYSTEM,
            base_values(),
            self.child_opts(depends_on=[*crds, namespace]),
            registry=args.registry,
        )
        istiod = release(
            f"{name}-istiod",
            "istiod",
            ISTIO_SYSTEM,
            istiod_values(args.settings),
            self.child_opts(depends_on=[*crds, base, namespace]),
            registry=args.registry,
        )
        cni = release(
            f"{name}-cni",
            "istio-cni",
            ISTIO_SYSTEM,
            cni_values(),
            self.child_opts(depends_on=[istiod, namespace]),
            registry=args.registry,
        )
        ztunnel = release(
            f"{name}-ztunnel",
            "ztunnel",
            ISTIO_SYSTEM,
            ztunnel_values(args.settings),
            self.child_opts(depends_on=[istiod, cni, namespace]),
            registry=args.registry,
        )
        # In Istio's root namespace it speaks for the whole mesh; its CRD and webhook must answer.
        strict = KubernetesObject(
            f"{name}-strict",
            require_mutual_tls(ISTIO_SYSTEM),
            self.child_opts(depends_on=[*crds, base, istiod]),
        )
        self.handle = MeshHandle(trust_domain=TRUST_DOMAIN, ready=(*crds, base, istiod, cni, ztunnel, strict))
        self.register_outputs({})
