"""Autoscaling."""

from dataclasses import dataclass

from components.base import Handle, Settings
from components.cluster_addons import ClusterAddonsHandle


class AutoscalingSettings(Settings):
    """``autoscaling:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class AutoscalingArgs:
    """What :class:`Autoscaling` needs."""

    settings: AutoscalingSettings
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class AutoscalingHandle(Handle):
    """What others may use of :class:`Autoscaling`."""
