"""SystemNodes."""

from dataclasses import dataclass

from components.base import Handle, Settings
from components.network import NetworkHandle
from components.cluster import ClusterHandle
from components.names import Names


class SystemNodesSettings(Settings):
    """``system_nodes:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class SystemNodesArgs:
    """What :class:`SystemNodes` needs."""

    settings: SystemNodesSettings
    names: Names
    network: NetworkHandle
    cluster: ClusterHandle


@dataclass(frozen=True, kw_only=True)
class SystemNodesHandle(Handle):
    """What others may use of :class:`SystemNodes`."""
