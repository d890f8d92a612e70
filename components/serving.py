"""Serving."""

from dataclasses import dataclass

from components.base import Handle, Settings
from components.cluster_addons import ClusterAddonsHandle
from components.certificates import CertificatesHandle
from components.gateway import GatewayHandle


class ServingSettings(Settings):
    """``serving:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class ServingArgs:
    """What :class:`Serving` needs."""

    settings: ServingSettings
    cluster_addons: ClusterAddonsHandle
    certificates: CertificatesHandle
    gateway: GatewayHandle


@dataclass(frozen=True, kw_only=True)
class ServingHandle(Handle):
    """What others may use of :class:`Serving`."""
