"""What must hold for VPCs: who can reach in, who gets a public address, and that flows are recorded."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.address_range import is_internet
from policies.reading import at, flag, known, listed, mapping, number, sequence, text
from policies.record import Graph, Resource
from policies.rule import Rule

VPC: Final = "aws:ec2/vpc:Vpc"
SUBNET: Final = "aws:ec2/subnet:Subnet"
ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"
GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
DEFAULT_GROUP: Final = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"
INGRESS: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP_RULE: Final = "aws:ec2/securityGroupRule:SecurityGroupRule"
FLOW_LOG: Final = "aws:ec2/flowLog:FlowLog"
INTERNET_GATEWAY: Final = "aws:ec2/internetGateway:InternetGateway"
ROUTE_TABLE: Final = "aws:ec2/routeTable:RouteTable"
ROUTE: Final = "aws:ec2/route:Route"
ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"

_WEB_PORTS: Final = {80, 443}
"""What a public load balancer answers on."""
_PRIVATE_TAGS: Final = ("karpenter.sh/discovery", "kubernetes.io/role/internal-elb")
"""Tags that say: nodes, or load balancers for the inside, live here."""


def _default_group_with_rules(group: Resource, _graph: Graph) -> Iterable[str]:
    for direction in ("ingress", "egress"):
        rules = sequence(at(group.inputs, direction), direction)
        if rules:
            yield f"{direction}: {len(rules)} rule{'s' if len(rules) > 1 else ''} in a VPC's default group"


def _open_default_group(vpc: Resource, graph: Graph) -> Iterable[str]:
    if not graph.referring(vpc, DEFAULT_GROUP, "vpcId"):
        yield "the VPC's default security group lets its members talk to each other and out"


def _unlogged(vpc: Resource, graph: Graph) -> Iterable[str]:
    logs = graph.referring(vpc, FLOW_LOG, "vpcId")
    if not logs:
        yield "no flow log"
    elif not any(text(at(log.inputs, "trafficType"), "trafficType").upper() == "ALL" for log in logs):
        kinds = sorted(text(at(log.inputs, "trafficType"), "trafficType") or "nothing" for log in logs)
        yield f"flow log records only {', '.join(kinds)}"


def _public_addresses(subnet: Resource, _graph: Graph) -> Iterable[str]:
    if flag(at(subnet.inputs, "mapPublicIpOnLaunch"), "mapPublicIpOnLaunch"):
        yield "mapPublicIpOnLaunch: every instance started here gets a public address"


def _offered(rule: Mapping[str, Any], where: str) -> Iterator[str]:
    """Ports one ingress rule opens to the internet, other than the web's."""
    ranges = [
        *listed(at(rule, "cidrIpv4")),
        *listed(at(rule, "cidrIpv6")),
        *sequence(at(rule, "cidrBlocks"), "cidrBlocks"),
        *sequence(at(rule, "ipv6CidrBlocks"), "ipv6CidrBlocks"),
    ]
    wide = [cidr for cidr in (text(known(r, where), where) for r in ranges) if is_internet(cidr)]
    if not wide:
        return
    protocol = text(at(rule, "ipProtocol") or at(rule, "protocol"), "protocol")
    first, last = number(at(rule, "fromPort"), "fromPort"), number(at(rule, "toPort"), "toPort")
    if (
        protocol in {"tcp", "6", "udp", "17"}
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
    yield f"{where}{ports} from {', '.join(wide)}"


def _open_group(group: Resource, _graph: Graph) -> Iterable[str]:
    if group.type == GROUP_RULE and text(at(group.inputs, "type"), "type") != "ingress":
        return
    if group.type != GROUP:
        yield from _offered(group.inputs, "")
        return
    for index, rule in enumerate(sequence(at(group.inputs, "ingress"), "ingress")):
        yield from _offered(mapping(rule, "ingress"), f"ingress.{index}: ")


def _is_interface(endpoint: Resource) -> bool:
    return text(at(endpoint.inputs, "vpcEndpointType"), "vpcEndpointType") == "Interface"


def _unused_endpoint(endpoint: Resource, _graph: Graph) -> Iterable[str]:
    if _is_interface(endpoint) and not flag(at(endpoint.inputs, "privateDnsEnabled"), "privateDnsEnabled"):
        yield "privateDnsEnabled is off: callers resolve the service's public address and go out"


def _open_endpoint(endpoint: Resource, graph: Graph) -> Iterable[str]:
    if not _is_interface(endpoint):
        return
    named = {text(known(g)) for g in sequence(at(endpoint.inputs, "securityGroupIds"), "securityGroupIds")}
    if not named and not endpoint.property_dependencies.get("securityGroupIds"):
        yield "no security group of its own: the VPC's default group decides who may call"
    for group in graph.of_type(GROUP):
        if group.id not in named and group.urn not in endpoint.property_dependencies.get(
            "securityGroupIds", ()
        ):
            continue
        rules = [*sequence(at(group.inputs, "ingress"), "ingress")]
        rules += [r.inputs for r in graph.referring(group, INGRESS, "securityGroupId")]
        rules += [
            r.inputs
            for r in graph.referring(group, GROUP_RULE, "securityGroupId")
            if text(at(r.inputs, "type"), "type") == "ingress"
        ]
        if any(_is_wide(rule) for rule in rules):
            yield f"security group {group.name} admits the internet"


def _is_wide(rule: Mapping[str, Any]) -> bool:
    single = [*listed(at(rule, "cidrIpv4")), *listed(at(rule, "cidrIpv6"))]
    blocks = [*sequence(at(rule, "cidrBlocks")), *sequence(at(rule, "ipv6CidrBlocks"))]
    return any(is_internet(text(known(cidr))) for cidr in (*single, *blocks))


def _reachable_nodes(subnet: Resource, graph: Graph) -> Iterable[str]:
    tags = mapping(at(subnet.inputs, "tags"), "tags")
    marked = [tag for tag in _PRIVATE_TAGS if tag in tags]
    if not marked:
        return
    for association in graph.referring(subnet, ASSOCIATION, "subnetId"):
        for table in graph.of_type(ROUTE_TABLE):
            if association not in graph.referring(table, ASSOCIATION, "routeTableId"):
                continue
            yield from (
                f"tagged {marked[0]}, but {exit_} leads to an internet gateway"
                for exit_ in _ways_in(table, graph)
            )


def _ways_in(table: Resource, graph: Graph) -> Iterator[str]:
    gateways = {g.id for g in graph.of_type(INTERNET_GATEWAY)} - {""}
    for route in graph.referring(table, ROUTE, "routeTableId"):
        if _to_internet_gateway(at(route.inputs, "gatewayId"), gateways):
            yield f"route {route.name}"
    for index, inline in enumerate(sequence(at(table.inputs, "routes"), "routes")):
        if _to_internet_gateway(at(mapping(inline), "gatewayId"), gateways):
            yield f"route {index} of {table.name}"


def _to_internet_gateway(value: Any, gateways: set[str]) -> bool:
    gateway = text(value, "gatewayId")
    return gateway in gateways or gateway.startswith("igw-")


def _kept_for_ever(group: Resource, _graph: Graph) -> Iterable[str]:
    if not number(at(group.inputs, "retentionInDays"), "retentionInDays"):
        yield "retentionInDays is not set: logs are kept, and paid for, for ever"


RULES: tuple[Rule, ...] = (
    Rule(
        id="default-security-groups-are-empty",
        applies_to=(DEFAULT_GROUP,),
        why="A resource that names no group lands in the default one; rules there are granted by omission.",
        fix="Remove ingress and egress; give the resource a group of its own.",
        check=_default_group_with_rules,
    ),
    Rule(
        id="vpcs-close-their-default-group",
        applies_to=(VPC,),
        why="AWS creates the default group open between its members and to everywhere outside.",
        fix="Adopt it with an aws.ec2.DefaultSecurityGroup that has no rules.",
        check=_open_default_group,
        reads_graph=True,
    ),
    Rule(
        id="vpcs-log-their-flows",
        applies_to=(VPC,),
        why="Without accepted and refused flows nobody can tell afterwards where data went.",
        fix="Add an aws.ec2.FlowLog for the VPC with traffic_type ALL.",
        check=_unlogged,
        reads_graph=True,
    ),
    Rule(
        id="subnets-give-no-public-addresses",
        applies_to=(SUBNET,),
        why="An instance started in such a subnet is on the internet without anyone asking for it.",
        fix="Set map_public_ip_on_launch to false; load balancers and NAT gateways get addresses anyway.",
        check=_public_addresses,
    ),
    Rule(
        id="security-groups-offer-the-internet-only-the-web",
        applies_to=(GROUP, INGRESS, GROUP_RULE),
        why="Every other port open to everyone is scanned within minutes.",
        fix="Name the ranges or the group that may connect; only 80 and 443 may be open to everyone.",
        check=_open_group,
    ),
    Rule(
        id="interface-endpoints-answer-private-names",
        applies_to=(ENDPOINT,),
        why="Without private names the endpoint is paid for and traffic still leaves through NAT.",
        fix="Set private_dns_enabled to true.",
        check=_unused_endpoint,
    ),
    Rule(
        id="interface-endpoints-answer-only-inside",
        applies_to=(ENDPOINT,),
        why="An endpoint is a door to an AWS API; only the VPC's own addresses have business there.",
        fix="Give it a security group that admits port 443 from the VPC's range.",
        check=_open_endpoint,
        reads_graph=True,
    ),
    Rule(
        id="node-subnets-have-no-way-in",
        applies_to=(SUBNET,),
        why="Behind an internet gateway one public address is enough to expose a node.",
        fix="Route the subnet's default route to a NAT gateway.",
        check=_reachable_nodes,
        reads_graph=True,
    ),
    Rule(
        id="log-groups-have-retention",
        applies_to=("aws:cloudwatch/logGroup:LogGroup",),
        why="Logs hold personal data; a group without retention keeps them for ever.",
        fix="Set retention_in_days.",
        check=_kept_for_ever,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {
    INTERNET_GATEWAY: "opens nothing by itself; node-subnets-have-no-way-in judges the routes to it",
    "aws:ec2/natGateway:NatGateway": "only lets traffic out",
    "aws:ec2/eip:Eip": "the address of a NAT gateway",
    ROUTE_TABLE: "judged by node-subnets-have-no-way-in on the subnets it serves",
    ROUTE: "judged by node-subnets-have-no-way-in on the subnets it serves",
    ASSOCIATION: "judged by node-subnets-have-no-way-in on its subnet",
    FLOW_LOG: "judged by vpcs-log-their-flows on its VPC",
}
