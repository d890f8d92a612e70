"""The keys of the tags that every resource carries."""

from enum import StrEnum
from typing import Final


class Tag(StrEnum):
    """Who answers for a resource, where it belongs and who pays.

    ``COMPONENT`` comes from the component that makes the resource, the others from the provider's default tags.
    """

    OWNER = "owner"
    ENVIRONMENT = "environment"
    STACK = "stack"
    COST_CENTER = "cost-center"
    COMPONENT = "component"


LIFECYCLE: Final = "lifecycle"
"""Stands only on what may be thrown away, with :data:`DISPOSABLE` as its value."""
DISPOSABLE: Final = "disposable"
