"""Network."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.names import Names


class NetworkSettings(Settings):
    """``network:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What :class:`Network` needs."""

    settings: NetworkSettings
    names: Names


@dataclass(frozen=True, kw_only=True)
class NetworkHandle(Handle):
    """What others may use of :class:`Network`."""

    vpc_id: pulumi.Input[str]
    vpc_cidr: pulumi.Input[str]
    node_subnet_ids: pulumi.Input[Sequence[str]]
