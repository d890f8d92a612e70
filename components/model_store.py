"""ModelStore."""

from dataclasses import dataclass

import pulumi

from components.base import Handle, Settings
from components.names import Names


class ModelStoreSettings(Settings):
    """``model_store:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class ModelStoreArgs:
    """What :class:`ModelStore` needs."""

    settings: ModelStoreSettings
    names: Names


@dataclass(frozen=True, kw_only=True)
class ModelStoreHandle(Handle):
    """What others may use of :class:`ModelStore`."""

    model_key_arn: pulumi.Input[str]
    payload_key_arn: pulumi.Input[str]
