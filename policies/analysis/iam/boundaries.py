"""Which policies bound whom: a boundary grants nothing, and holds what others grant."""

from collections.abc import Mapping
from typing import Final

from policies.analysis.iam.identities import POLICY, ROLE, names_policy
from policies.engine.graph import Graph, Resource

_HOLDERS: Final = (ROLE, "aws:iam/user:User")
_MADE_BY: Final = "slipway:identity:PermissionsBoundary"
"""The component that makes the boundaries of platforms, before their roles."""
_BOUNDARY: Final = "permissionsBoundary"


def is_boundary(policy: Resource, graph: Graph) -> bool:
    """Whether a policy bounds a role or user of the graph, or those of the stacks that are to come."""
    parent = policy.parent.split("::")[2:3]
    return policy.urn in graph.once(_bounding) or any(type_.endswith(_MADE_BY) for type_ in parent)


def boundary_of(holder: Resource, graph: Graph) -> Resource | None:
    """The policy declared here that bounds a role or user."""
    found = graph.once(_boundaries).get(holder.urn, ())
    return found[0] if found else None


def _bounding(graph: Graph) -> frozenset[str]:
    return frozenset(policy.urn for found in graph.once(_boundaries).values() for policy in found)


def _boundaries(graph: Graph) -> Mapping[str, tuple[Resource, ...]]:
    """By holder, the policies that bound it; holders that say the same are looked up once."""
    policies = [*graph.of_type(POLICY), *(r for r in graph.elsewhere if r.type == POLICY)]
    said: dict[tuple[object, frozenset[str]], tuple[Resource, ...]] = {}
    found: dict[str, tuple[Resource, ...]] = {}
    for holder in graph.of_type(*_HOLDERS):
        arn, above = holder.inputs.get(_BOUNDARY), holder.property_dependencies.get(_BOUNDARY, frozenset())
        if arn is None and not above:
            continue
        key = (arn if isinstance(arn, str) else None, above)
        if key not in said:
            said[key] = tuple(p for p in policies if p.urn in above or _is_named(arn, p))
        found[holder.urn] = said[key]
    return found


def _is_named(arn: object, policy: Resource) -> bool:
    return isinstance(arn, str) and names_policy(arn, policy)
