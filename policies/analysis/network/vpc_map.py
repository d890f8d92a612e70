"""A VPC read as a map: which subnets have a way to the internet, and what their access lists let through."""

from collections.abc import Mapping
from typing import Any, Final

from policies.analysis.network.acls import acl_rules
from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.internet_routes import internet_routes
from policies.analysis.network.ports import EVERY_PORT, Span, within, without
from policies.analysis.network.security_groups import PROTOCOLS, Opening
from policies.analysis.network.types import ACL, ASSOCIATION, ROUTE_TABLE, VPC
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.references import referred_to
from policies.engine.values import at, number, text

MAIN_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ACL_ASSOCIATION: Final = "aws:ec2/networkAclAssociation:NetworkAclAssociation"


def ways_out(subnet: Resource, graph: Graph) -> dict[int, str]:
    """How the internet and a subnet reach each other, by version of IP; empty where they do not."""
    return graph.once_for(_ways_out, subnet.urn)


def _ways_out(graph: Graph, urn: str) -> dict[int, str]:
    subnet = graph.by_urn[urn]
    found: dict[int, str] = {}
    for table in _tables(subnet, graph):
        for route in internet_routes(table, graph):
            if route.is_default:
                found.setdefault(route.family, f"{route.gateway}, {route.exit_}, subnet {subnet.name}")
    return found


def _tables(subnet: Resource, graph: Graph) -> list[Resource]:
    """The table of a subnet: the one associated with it, or else the main one of its VPC."""
    own = [
        table
        for association in pointing_at(graph, subnet, ASSOCIATION, "subnetId")
        for table in referred_to(graph, association, "routeTableId", ROUTE_TABLE, DEFAULT_TABLE)[0]
    ]
    if own:
        return own
    vpcs, _ = referred_to(graph, subnet, "vpcId", VPC)
    main = [
        table
        for vpc in vpcs
        for chosen in pointing_at(graph, vpc, MAIN_ASSOCIATION, "vpcId")
        for table in referred_to(graph, chosen, "routeTableId", ROUTE_TABLE)[0]
    ]
    defaults = [t for t in graph.of_type(DEFAULT_TABLE) for vpc in vpcs if _is_main_of(t, vpc)]
    return main or defaults


def _is_main_of(table: Resource, vpc: Resource) -> bool:
    said = table.inputs.get("defaultRouteTableId")
    main = vpc.outputs.get("defaultRouteTableId") or vpc.outputs.get("mainRouteTableId")
    return vpc.urn in table.property_dependencies.get("defaultRouteTableId", ()) or (
        said == main and main is not None
    )


def admitted(subnet: Resource, graph: Graph, opening: Opening) -> list[Span]:
    """What of an opening to the internet the subnet's access list lets through; a list nobody wrote lets all."""
    acl = _acl_of(subnet, graph)
    if acl is None:
        return [opening.span]
    left, passed = [opening.span], []
    for rule in sorted(acl_rules(acl, graph), key=_order):
        ranges = [r for name in ("cidrBlock", "ipv6CidrBlock") if (r := text(at(rule, name), name))]
        if not any(is_internet(r) and (6 if ":" in r else 4) == opening.family for r in ranges):
            continue
        span = _acl_span(rule, opening.protocol)
        if span is None:
            continue
        if text(at(rule, "action") or at(rule, "ruleAction"), "action").lower() == "allow":
            passed += within(left, span)
        left = without(left, span)
    return passed


def _order(rule: Mapping[str, Any]) -> float:
    return number(at(rule, "ruleNo") or at(rule, "ruleNumber"), "ruleNumber") or 0


def _acl_span(rule: Mapping[str, Any], protocol: str) -> Span | None:
    said = str(at(rule, "protocol")).lower()
    kind = PROTOCOLS.get(said, said)
    if kind == "all":
        return EVERY_PORT
    if protocol not in {"all", kind}:
        return None
    first, last = (number(at(rule, name), name) or 0 for name in ("fromPort", "toPort"))
    return int(first), int(last)


def _acl_of(subnet: Resource, graph: Graph) -> Resource | None:
    for acl in graph.of_type(ACL):
        if subnet in referred_to(graph, acl, "subnetIds", subnet.type)[0]:
            return acl
        for tie in pointing_at(graph, acl, ACL_ASSOCIATION, "networkAclId"):
            if subnet in referred_to(graph, tie, "subnetId", subnet.type)[0]:
                return acl
    return None


def acl_name(subnet: Resource, graph: Graph) -> str:
    """What the list of a subnet is called in a path; empty where nobody wrote one."""
    acl = _acl_of(subnet, graph)
    return f"network ACL {acl.name}" if acl is not None else ""
