"""Who signs the platform's own certificates."""

from dataclasses import dataclass
from typing import Any

import pulumi

from components.base import Handle, PlatformComponent, Settings
from components.cluster_addons import ClusterAddonsHandle
from components.helm import release
from components.kubernetes import KubernetesObject
from components.namespaces import CERT_MANAGER
from components.system_namespace import system_namespace

ISSUER = "internal"
_BOOTSTRAP = "internal-bootstrap"
_AUTHORITY = "internal-authority"


class CertificatesSettings(Settings):
    """``certificates:`` in a stack file: nothing to choose yet."""


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """What :class:`Certificates` needs."""

    settings: CertificatesSettings
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class CertificatesHandle(Handle):
    """What others may use of :class:`Certificates`."""

    cluster_issuer: pulumi.Input[str]


def values() -> dict[str, Any]:
    """The chart's values: CRDs stay on delete, two replicas of everything that admits."""
    small = {"requests": {"cpu": "50m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "256Mi"}}
    return {
        "crds": {"enabled": True, "keep": True},
        "replicaCount": 2,
        "podDisruptionBudget": {"enabled": True, "minAvailable": 1},
        "resources": small,
        "webhook": {"replicaCount": 3, "podDisruptionBudget": {"enabled": True, "minAvailable": 1}, "resources": small},
        "cainjector": {"replicaCount": 2, "resources": small},
    }


def bootstrap_issuer() -> dict[str, Any]:
    """Signs exactly one certificate: the authority's own."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": _BOOTSTRAP},
        "spec": {"selfSigned": {}},
    }


def authority() -> dict[str, Any]:
    """The platform's own certificate authority; its key lives in the cert-manager namespace only."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": {"name": _AUTHORITY, "namespace": CERT_MANAGER},
        "spec": {
            "isCA": True,
            "commonName": "slipway internal authority",
            "secretName": _AUTHORITY,
            "duration": "87600h",
            "renewBefore": "8760h",
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "issuerRef": {"group": "cert-manager.io", "kind": "ClusterIssuer", "name": _BOOTSTRAP},
        },
    }


def issuer() -> dict[str, Any]:
    """What components ask for certificates."""
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "ClusterIssuer",
        "metadata": {"name": ISSUER},
        "spec": {"ca": {"secretName": _AUTHORITY}},
    }


class Certificates(PlatformComponent):
    """cert-manager with an authority of its own. What the outside world sees needs a publicly trusted issuer instead."""

    TYPE = "slipway:mesh:Certificates"

    def __init__(self, name: str, args: CertificatesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, opts)
        namespace = KubernetesObject(
            f"{name}-namespace",
            system_namespace(CERT_MANAGER),
            self.child_opts(depends_on=list(args.cluster_addons.ready)),
        )
        # Kept on delete: without its CRDs every certificate in the cluster is gone at once.
        chart = release(
            f"{name}-cert-manager",
            "cert-manager",
            CERT_MANAGER,
            values(),
            self.child_opts(depends_on=[namespace, *args.cluster_addons.ready], retain_on_delete=True),
        )
        # Each waits for the one it names: an issuer is refused until the webhook answers, and unready until its
        # secret exists.
        first = KubernetesObject(f"{name}-bootstrap", bootstrap_issuer(), self.child_opts(depends_on=[chart]))
        signed = KubernetesObject(f"{name}-authority", authority(), self.child_opts(depends_on=[chart, first]))
        last = KubernetesObject(f"{name}-issuer", issuer(), self.child_opts(depends_on=[chart, signed]))
        self.handle = CertificatesHandle(cluster_issuer=ISSUER, ready=(chart, last))
        self.register_outputs({})
