"""The identities a platform stack owns."""

from components.foundation.base import Settings


class IdentitySettings(Settings):
    """``identity:`` in a stack file: the permissions boundary and the roles of capabilities; nothing to choose yet."""
