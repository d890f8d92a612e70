"""The mesh: every workload has an identity, and everything between workloads is encrypted."""

from dataclasses import dataclass
from typing import Any

import pulumi

from components.base import Handle, PlatformComponent, Settings
from components.cluster_addons import ClusterAddonsHandle
from components.helm import release
from components.kubernetes import KubernetesObject
from components.namespaces import ISTIO_SYSTEM
from components.system_namespace import system_namespace

TRUST_DOMAIN = "cluster.local"


class MeshSettings(Settings):
    """``mesh:`` in a stack file: strictness is not a setting."""


@dataclass(frozen=True, kw_only=True)
class MeshArgs:
    """What :class:`Mesh` needs."""

    settings: MeshSettings
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class MeshHandle(Handle):
    """What others may use of :class:`Mesh`."""

    trust_domain: pulumi.Input[str]


def istiod_values() -> dict[str, Any]:
    """istiod in ambient mode, two replicas, for the inference gateways too."""
    return {
        "profile": "ambient",
        "autoscaleMin": 2,
        "env": {"ENABLE_GATEWAY_API_INFERENCE_EXTENSION": "true"},
        "meshConfig": {
            "trustDomain": TRUST_DOMAIN,
            # What the mesh does not know is refused, not passed through.
            "outboundTrafficPolicy": {"mode": "REGISTRY_ONLY"},
        },
        "resources": {"requests": {"cpu": "250m", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
    }


def ztunnel_values() -> dict[str, Any]:
    """The node proxy, which carries all traffic of the node's workloads."""
    return {"resources": {"requests": {"cpu": "200m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "1Gi"}}}


def strict_mutual_tls() -> dict[str, Any]:
    """In istio-system a PeerAuthentication speaks for the whole mesh."""
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": "default", "namespace": ISTIO_SYSTEM},
        "spec": {"mtls": {"mode": "STRICT"}},
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
            system_namespace(ISTIO_SYSTEM, pod_security="privileged"),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        # CRDs, then the control plane that serves their webhooks, then the agents that ask it for certificates.
        # CRDs stay on delete: without them every policy of the mesh is gone, and with it every refusal.
        base = release(
            f"{name}-base", "istio-base", ISTIO_SYSTEM, {}, self.child_opts(depends_on=[namespace], retain_on_delete=True)
        )
        istiod = release(
            f"{name}-istiod", "istiod", ISTIO_SYSTEM, istiod_values(), self.child_opts(depends_on=[base, namespace])
        )
        cni = release(
            f"{name}-cni", "istio-cni", ISTIO_SYSTEM, {"profile": "ambient"}, self.child_opts(depends_on=[istiod])
        )
        ztunnel = release(
            f"{name}-ztunnel", "ztunnel", ISTIO_SYSTEM, ztunnel_values(), self.child_opts(depends_on=[istiod, cni])
        )
        strict = KubernetesObject(
            f"{name}-strict", strict_mutual_tls(), self.child_opts(depends_on=[base, istiod])
        )
        self.handle = MeshHandle(trust_domain=TRUST_DOMAIN, ready=(base, istiod, cni, ztunnel, strict))
        self.register_outputs({})
