"""Cluster."""

from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.network import NetworkHandle
from components.names import Names


class ClusterSettings(Settings):
    """``cluster:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class ClusterArgs:
    """What :class:`Cluster` needs."""

    settings: ClusterSettings
    names: Names
    network: NetworkHandle


@dataclass(frozen=True, kw_only=True)
class ClusterHandle(Handle):
    """What others may use of :class:`Cluster`."""

    name: pulumi.Input[str]
    arn: pulumi.Input[str]
    endpoint: pulumi.Input[str]
    certificate_authority: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
