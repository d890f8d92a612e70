"""What must hold for VPCs: who can reach in, who gets a public address, and that flows are recorded."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.internet_routes import internet_routes
from policies.analysis.network.types import (
    ASSOCIATION,
    DEFAULT_GROUP,
    GROUP,
    GROUP_RULE,
    INGRESS,
    INTERNET_GATEWAY,
    ROUTE,
    ROUTE_TABLE,
    SUBNET,
    VPC,
)
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, known, mapping, number, sequence, text

_ICMP: Final = frozenset({"icmp", "1", "icmpv6", "58"})
_WEB_PORTS: Final = {80, 443}
"""What a public load balancer answers on."""
_PRIVATE_TAGS: Final = ("karpenter.sh/discovery", "kubernetes.io/role/internal-elb")
"""Tags that say: nodes, or load balancers for the inside, live here."""


def _default_group_with_rules(group: Resource, _graph: Graph) -> Iterable[Offence]:
    for direction in ("ingress", "egress"):
        rules = sequence(at(group.inputs, direction), direction)
        if rules:
            count = f"{len(rules)} rule{'s' if len(rules) > 1 else ''}"
            yield Offence(path=direction, problem=f"{count} in a VPC's default group")


def _open_default_group(vpc: Resource, graph: Graph) -> Iterable[Offence]:
    if not pointing_at(graph, vpc, DEFAULT_GROUP, "vpcId"):
        yield Offence(
            path="", problem="the VPC's default security group lets its members talk to each other and out"
        )


def _public_addresses(subnet: Resource, _graph: Graph) -> Iterable[Offence]:
    if flag(at(subnet.inputs, "mapPublicIpOnLaunch"), "mapPublicIpOnLaunch"):
        yield Offence(
            path="mapPublicIpOnLaunch",
            problem="every instance started here gets a public address",
            value=at(subnet.inputs, "mapPublicIpOnLaunch"),
        )


def _offered(rule: Mapping[str, Any], where: str) -> Iterator[Offence]:
    """Ports one ingress rule opens to the internet, other than the web's."""
    ranges = [
        *((name, at(rule, name)) for name in ("cidrIpv4", "cidrIpv6") if at(rule, name) is not None),
        *(
            (f"{name}[{index}]", cidr)
            for name in ("cidrBlocks", "ipv6CidrBlocks")
            for index, cidr in enumerate(sequence(at(rule, name), name))
        ),
    ]
    wide = [(name, cidr) for name, cidr in ranges if is_internet(text(known(cidr, where), where))]
    if not wide:
        return
    protocol = text(at(rule, "ipProtocol") or at(rule, "protocol"), "protocol")
    if protocol.lower() in _ICMP:
        return  # has no ports; a ping opens nothing
    first, last = number(at(rule, "fromPort"), "fromPort"), number(at(rule, "toPort"), "toPort")
    if (
        protocol.lower() in {"tcp", "6", "udp", "17"}
        and first is not None
        and first == last
        and int(first) in _WEB_PORTS
    ):
        return
    is_all = protocol in {"-1", "all"} or first is None
    ports = (
        "every port"
        if is_all
        else f"{protocol} {int(first or 0)}-{int(last if last is not None else first or 0)}"
    )
    for name, cidr in wide:
        yield Offence(path=f"{where}{name}", problem=f"{ports} from {cidr}", value=cidr)


def _open_group(group: Resource, _graph: Graph) -> Iterable[Offence]:
    if group.type == GROUP_RULE and text(at(group.inputs, "type"), "type") != "ingress":
        return
    if group.type != GROUP:
        yield from _offered(group.inputs, "")
        return
    for index, rule in enumerate(sequence(at(group.inputs, "ingress"), "ingress")):
        yield from _offered(mapping(rule, "ingress"), f"ingress[{index}].")


def _reachable_nodes(subnet: Resource, graph: Graph) -> Iterable[Offence]:
    tags = mapping(at(subnet.inputs, "tags"), "tags")
    marked = [tag for tag in _PRIVATE_TAGS if tag in tags]
    if not marked:
        return
    for association in pointing_at(graph, subnet, ASSOCIATION, "subnetId"):
        for table in graph.of_type(ROUTE_TABLE):
            if association not in pointing_at(graph, table, ASSOCIATION, "routeTableId", every=True):
                continue
            yield from (
                Offence(
                    path=f"tags[{marked[0]}]",
                    problem=f"{route.exit_} leads to an internet gateway",
                    value=tags[marked[0]],
                )
                for route in internet_routes(table, graph)
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="default-security-groups-are-empty",
        severity="low",
        applies_to=(DEFAULT_GROUP,),
        why="A resource that names no group lands in the default one; rules there are granted by omission.",
        fix="Remove ingress and egress; give the resource a group of its own.",
        check=_default_group_with_rules,
    ),
    Rule(
        id="subnets-give-no-public-addresses",
        severity="low",
        applies_to=(SUBNET,),
        why="An instance started in such a subnet is on the internet without anyone asking for it.",
        fix="Set map_public_ip_on_launch to false; load balancers and NAT gateways get addresses anyway.",
        check=_public_addresses,
        same_as=("CKV_AWS_130",),
    ),
    Rule(
        id="security-groups-offer-the-internet-only-the-web",
        severity="high",
        applies_to=(GROUP, INGRESS, GROUP_RULE),
        why="Every other port open to everyone is scanned within minutes.",
        fix="Name the ranges or the group that may connect; only 80 and 443 may be open to everyone.",
        check=_open_group,
        same_as=("CKV_AWS_24", "CKV_AWS_25"),
    ),
    Rule(
        id="node-subnets-have-no-way-in",
        severity="high",
        applies_to=(SUBNET,),
        why="Behind an internet gateway one public address is enough to expose a node.",
        fix="Route the subnet's default route to a NAT gateway.",
        check=_reachable_nodes,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="vpcs-close-their-default-group",
        severity="low",
        applies_to=(VPC,),
        why="AWS creates the default group open between its members and to everywhere outside.",
        fix="Adopt it with an aws.ec2.DefaultSecurityGroup that has no rules.",
        check=_open_default_group,
        reads_graph=True,
        same_as=("CKV2_AWS_12",),
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    INTERNET_GATEWAY: "opens nothing by itself; node-subnets-have-no-way-in judges the routes to it",
    "aws:ec2/natGateway:NatGateway": "only lets traffic out",
    ROUTE_TABLE: "judged by node-subnets-have-no-way-in on the subnets it serves",
    ROUTE: "judged by node-subnets-have-no-way-in on the subnets it serves",
    ASSOCIATION: "judged by node-subnets-have-no-way-in on its subnet",
}
