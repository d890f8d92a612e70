"""What network access lists say of who comes in."""

from collections.abc import Mapping
from typing import Any

from policies.analysis.network.types import ACL, ACL_RULE
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.values import at, flag, mapping, sequence


def own_rules(acl: Resource, graph: Graph) -> list[Mapping[str, Any]]:
    """What a list says of who comes in; of a rule on its own, with the others of its list."""
    if acl.type == ACL:
        return [mapping(rule, "ingress") for rule in sequence(at(acl.inputs, "ingress"), "ingress")]
    where, above = acl.inputs.get("networkAclId"), acl.property_dependencies.get("networkAclId")
    rules = [
        other.inputs
        for other in graph.of_type(ACL_RULE)
        if other is acl
        or (above and other.property_dependencies.get("networkAclId") == above)
        or (isinstance(where, str) and other.inputs.get("networkAclId") == where)
    ]
    return [rule for rule in rules if not flag(at(rule, "egress"), "egress")]


def acl_rules(acl: Resource, graph: Graph) -> list[Mapping[str, Any]]:
    """What a list says of who comes in, in its own rules and in those written apart."""
    apart = [r.inputs for r in pointing_at(graph, acl, ACL_RULE, "networkAclId", every=True)]
    return [*own_rules(acl, graph), *(rule for rule in apart if not flag(at(rule, "egress"), "egress"))]
