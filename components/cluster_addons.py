"""ClusterAddons."""

from dataclasses import dataclass

from components.base import Handle
from components.cluster import ClusterHandle
from components.system_nodes import SystemNodesHandle
from components.names import Names


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsArgs:
    """What :class:`ClusterAddons` needs."""

    names: Names
    cluster: ClusterHandle
    system_nodes: SystemNodesHandle


@dataclass(frozen=True, kw_only=True)
class ClusterAddonsHandle(Handle):
    """What others may use of :class:`ClusterAddons`."""
