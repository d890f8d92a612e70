"""Gateway."""

from dataclasses import dataclass

from components.base import Handle, Settings
from components.cluster_addons import ClusterAddonsHandle
from components.certificates import CertificatesHandle
from components.mesh import MeshHandle


class GatewaySettings(Settings):
    """``gateway:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class GatewayArgs:
    """What :class:`Gateway` needs."""

    settings: GatewaySettings
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    mesh: MeshHandle


@dataclass(frozen=True, kw_only=True)
class GatewayHandle(Handle):
    """What others may use of :class:`Gateway`."""
