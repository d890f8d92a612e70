"""Karpenter."""

from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.cluster import ClusterHandle
from components.cluster_addons import ClusterAddonsHandle
from components.names import Names


class KarpenterSettings(Settings):
    """``karpenter:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class KarpenterArgs:
    """What :class:`Karpenter` needs."""

    settings: KarpenterSettings
    names: Names
    cluster: ClusterHandle
    cluster_addons: ClusterAddonsHandle


@dataclass(frozen=True, kw_only=True)
class KarpenterHandle(Handle):
    """What others may use of :class:`Karpenter`."""

    node_role_name: pulumi.Input[str]
    interruption_queue_arn: pulumi.Input[str]
