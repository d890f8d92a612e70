"""GpuPool."""

from dataclasses import dataclass

from components.base import Handle, Settings
from components.karpenter import KarpenterHandle
from components.names import Names


class GpuPoolSettings(Settings):
    """``gpu_pool:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class GpuPoolArgs:
    """What :class:`GpuPool` needs."""

    settings: GpuPoolSettings
    names: Names
    karpenter: KarpenterHandle


@dataclass(frozen=True, kw_only=True)
class GpuPoolHandle(Handle):
    """What others may use of :class:`GpuPool`."""
