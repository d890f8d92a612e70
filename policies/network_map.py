"""A VPC read as a map: which subnets have a way to the internet, what groups and access lists let through."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.address_range import is_internet
from policies.neighbours import pointing_at
from policies.network import (
    ASSOCIATION,
    DEFAULT_GROUP,
    GROUP,
    GROUP_RULE,
    INGRESS,
    ROUTE_TABLE,
    VPC,
    internet_routes,
)
from policies.network_acl import ACL, acl_rules
from policies.port_ranges import EVERY_PORT, Span, within, without
from policies.reading import at, flag, known, listed, mapping, number, sequence, text
from policies.record import UNKNOWN, Graph, Resource

MAIN_ASSOCIATION: Final = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
DEFAULT_TABLE: Final = "aws:ec2/defaultRouteTable:DefaultRouteTable"
ACL_ASSOCIATION: Final = "aws:ec2/networkAclAssociation:NetworkAclAssociation"
GROUPS: Final = (GROUP, DEFAULT_GROUP)
_PROTOCOLS: Final = {"-1": "all", "6": "tcp", "17": "udp"}


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One source that a security group lets in, on which ports, and where it says so."""

    source: str
    protocol: str
    span: Span
    by: str
    is_group: bool = False

    @property
    def family(self) -> int:
        """The version of IP of a source that is a range."""
        return 6 if ":" in self.source else 4


def meant(graph: Graph, resource: Resource, path: str, *types: str) -> tuple[list[Resource], bool]:
    """Resources of some types that a property names, and whether it is certain that it names each of them.

    A value that is known names them by id or name; one that is not may come from any of those it depends on. What
    comes from something else is not declared here, as an id is that nobody here has.

    Raises:
        UndecidedError: the value is unknown, and nothing says where it comes from.
    """
    head = path.partition(".")[0]
    value = _raw(resource.inputs, path)
    if value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value):
        sources = resource.property_dependencies.get(head, frozenset())
        found = [r for r in graph.of_type(*types) if r.urn in sources]
        if not sources:
            known(UNKNOWN, path)
        return found, len(found) == 1
    names = {name for name in (value if isinstance(value, list) else [value]) if isinstance(name, str)}
    return [r for r in graph.of_type(*types) if names & _names(r)], True


def _names(resource: Resource) -> set[str]:
    said = [resource.outputs.get(key) or resource.inputs.get(key) for key in ("arn", "name", "id")]
    return {name for name in (resource.id, *said) if isinstance(name, str) and name}


def _raw(value: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(value, list):
            index = int(step) if step.isdigit() else 0  # a block may stand in a list of one
            value = value[index] if index < len(value) else None
        if isinstance(value, Mapping) and not step.isdigit():
            value = value.get(step)
    return value


def openings(group: Resource, graph: Graph) -> list[Opening]:
    """Everything a security group lets in, in all three spellings.

    Raises:
        UndecidedError: a value of one of its rules is unknown.
    """
    known_ones = graph.once(_remembered)
    if group.urn not in known_ones:
        known_ones[group.urn] = list(_openings(group, graph))
    return known_ones[group.urn]


def _remembered(_graph: Graph) -> dict[str, list[Opening]]:
    return {}


def _openings(group: Resource, graph: Graph) -> Iterator[Opening]:
    for index, rule in enumerate(sequence(at(group.inputs, "ingress"), "ingress")):
        yield from _opened(mapping(rule, "ingress"), f"security group {group.name} (ingress.{index})", group)
    for type_ in (INGRESS, GROUP_RULE):
        for rule in pointing_at(graph, group, type_, "securityGroupId", every=True):
            if _lets_in(rule):
                yield from _opened(rule.inputs, f"security group {group.name} (rule {rule.name})", group)


def rule_openings(rule: Resource) -> Iterator[Opening]:
    """The ranges that a rule lets in which stands on its own."""
    if _lets_in(rule):
        yield from (
            o for o in _opened(rule.inputs, f"security group rule {rule.name}", rule) if not o.is_group
        )


def _lets_in(rule: Resource) -> bool:
    return rule.type == INGRESS or text(at(rule.inputs, "type"), "type") == "ingress"


def _opened(rule: Mapping[str, Any], by: str, group: Resource) -> Iterator[Opening]:
    first, last = number(at(rule, "fromPort"), "fromPort"), number(at(rule, "toPort"), "toPort")
    said = str(at(rule, "ipProtocol") or at(rule, "protocol") or ("all" if first is None else "tcp")).lower()
    protocol = _PROTOCOLS.get(said, said)
    span = (
        EVERY_PORT
        if protocol == "all" or first is None
        else (int(first), int(last if last is not None else first))
    )
    ranges = ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks")
    for source in (text(known(r)) for name in ranges for r in listed(at(rule, name), name)):
        yield Opening(source=source, protocol=protocol, span=span, by=by)
    others = ("securityGroups", "referencedSecurityGroupId", "sourceSecurityGroupId")
    for name in (n for key in others for n in _groups_of(rule, key)):
        yield Opening(source=name, protocol=protocol, span=span, by=by, is_group=True)
    if flag(at(rule, "self"), "self"):
        yield Opening(source=group.id or group.name, protocol=protocol, span=span, by=by, is_group=True)


def _groups_of(rule: Mapping[str, Any], key: str) -> list[str]:
    value = rule.get(key)
    found = value if isinstance(value, list) else [value]
    return ["a group that is not known yet" if v is UNKNOWN else text(v, key) for v in found if v]


def ways_out(subnet: Resource, graph: Graph) -> dict[int, str]:
    """How the internet and a subnet reach each other, by version of IP; empty where they do not."""
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
        for table in meant(graph, association, "routeTableId", ROUTE_TABLE, DEFAULT_TABLE)[0]
    ]
    if own:
        return own
    vpcs, _ = meant(graph, subnet, "vpcId", VPC)
    main = [
        table
        for vpc in vpcs
        for chosen in pointing_at(graph, vpc, MAIN_ASSOCIATION, "vpcId")
        for table in meant(graph, chosen, "routeTableId", ROUTE_TABLE)[0]
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
    kind = _PROTOCOLS.get(said, said)
    if kind == "all":
        return EVERY_PORT
    if protocol not in {"all", kind}:
        return None
    first, last = (number(at(rule, name), name) or 0 for name in ("fromPort", "toPort"))
    return int(first), int(last)


def _acl_of(subnet: Resource, graph: Graph) -> Resource | None:
    for acl in graph.of_type(ACL):
        if subnet in meant(graph, acl, "subnetIds", subnet.type)[0]:
            return acl
        for tie in pointing_at(graph, acl, ACL_ASSOCIATION, "networkAclId"):
            if subnet in meant(graph, tie, "subnetId", subnet.type)[0]:
                return acl
    return None


def acl_name(subnet: Resource, graph: Graph) -> str:
    """What the list of a subnet is called in a path; empty where nobody wrote one."""
    acl = _acl_of(subnet, graph)
    return f"network ACL {acl.name}" if acl is not None else ""
