"""Certificates."""

from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.cluster_addons import ClusterAddonsHandle


class CertificatesSettings(Settings):
    """``certificates:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class CertificatesArgs:
    """What :class:`Certificates` needs."""

    settings: CertificatesSettings
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class CertificatesHandle(Handle):
    """What others may use of :class:`Certificates`."""

    cluster_issuer: pulumi.Input[str]
