"""The identities a platform stack owns."""

from components.foundation.base import Settings
from components.foundation.names import Names
from components.identity.existing_boundary import BoundarySettings, ExistingBoundary
from components.identity.permissions_boundary import boundary_document


class IdentitySettings(Settings):
    """``identity:`` in a stack file: the roles of capabilities, and whose permissions boundary all roles carry."""

    boundary: BoundarySettings | None = None
    """None: the bootstrap makes it."""


def existing(identity: IdentitySettings | None) -> ExistingBoundary | None:
    """The boundary of a platform's roles, where somebody else made it."""
    return identity.boundary.existing if identity is not None and identity.boundary is not None else None


def document(identity: IdentitySettings | None, names: Names) -> str:
    """The document of the boundary of a platform's roles, whoever makes it."""
    there = existing(identity)
    return there.text if there is not None else boundary_document(names)
