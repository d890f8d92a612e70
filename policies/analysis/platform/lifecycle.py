"""Whether a resource belongs to a platform that was made to be thrown away."""

from typing import Final

from facts.tags import DISPOSABLE, LIFECYCLE, Tag
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, known, mapping, text

PRODUCTION: Final = frozenset({"live", "prd", "prod", "production"})
"""What production is called in a stack's ``environment``."""


def _tag(resource: Resource, key: str) -> str:
    merged = at(resource.inputs, "tagsAll") or at(resource.inputs, "tags")
    return text(known(mapping(merged, "tagsAll").get(key), f"tagsAll.{key}"), f"tagsAll.{key}")


def says_disposable(resource: Resource) -> bool:
    """Whether its tags call it disposable, wherever it stands."""
    return _tag(resource, LIFECYCLE) == DISPOSABLE


def is_in_production(resource: Resource) -> bool:
    """Whether its tags call its environment production."""
    return _tag(resource, Tag.ENVIRONMENT).lower() in PRODUCTION


def is_production_stack(graph: Graph) -> bool:
    """Whether anything of the stack in AWS belongs to production; ask it with ``Graph.once``."""
    return any(resource.type.startswith("aws:") and is_in_production(resource) for resource in graph)


def is_disposable(resource: Resource) -> bool:
    """Whether it may go without protection: a trial of this platform, and not production.

    Only the platform pack may ask: a tag in a stack of others excuses nothing, for what they mean by it is not known.
    """
    return says_disposable(resource) and not is_in_production(resource)
