"""Mesh."""

from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.cluster_addons import ClusterAddonsHandle


class MeshSettings(Settings):
    """``mesh:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class MeshArgs:
    """What :class:`Mesh` needs."""

    settings: MeshSettings
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class MeshHandle(Handle):
    """What others may use of :class:`Mesh`."""

    trust_domain: pulumi.Input[str]
