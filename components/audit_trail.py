"""AuditTrail."""

from dataclasses import dataclass

from components.base import Handle, Settings
from components.model_store import ModelStoreHandle
from components.names import Names


class AuditTrailSettings(Settings):
    """``audit_trail:`` in a stack file."""


@dataclass(frozen=True, kw_only=True)
class AuditTrailArgs:
    """What :class:`AuditTrail` needs."""

    settings: AuditTrailSettings
    names: Names
    model_store: ModelStoreHandle


@dataclass(frozen=True, kw_only=True)
class AuditTrailHandle(Handle):
    """What others may use of :class:`AuditTrail`."""
