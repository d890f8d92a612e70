"""Telemetry."""

from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.cluster import ClusterHandle
from components.cluster_addons import ClusterAddonsHandle
from components.names import Names


class TelemetrySettings(Settings):
    """``telemetry:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class TelemetryArgs:
    """What :class:`Telemetry` needs."""

    settings: TelemetrySettings
    names: Names
    cluster: ClusterHandle
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class TelemetryHandle(Handle):
    """What others may use of :class:`Telemetry`."""

    otlp_endpoint: pulumi.Input[str]
