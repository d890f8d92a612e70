"""What must hold for VPC endpoints: that callers find them, and that only the inside may call."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.address_range import is_internet
from policies.neighbours import pointing_at
from policies.network import GROUP, GROUP_RULE, INGRESS
from policies.reading import at, flag, known, listed, sequence, text
from policies.record import Graph, Resource
from policies.rule import Rule

ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"


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
        rules += [r.inputs for r in pointing_at(graph, group, INGRESS, "securityGroupId", every=True)]
        rules += [
            r.inputs
            for r in pointing_at(graph, group, GROUP_RULE, "securityGroupId", every=True)
            if text(at(r.inputs, "type"), "type") == "ingress"
        ]
        if any(_is_wide(rule) for rule in rules):
            yield f"security group {group.name} admits the internet"


def _is_wide(rule: Mapping[str, Any]) -> bool:
    single = [*listed(at(rule, "cidrIpv4")), *listed(at(rule, "cidrIpv6"))]
    blocks = [*sequence(at(rule, "cidrBlocks")), *sequence(at(rule, "ipv6CidrBlocks"))]
    return any(is_internet(text(known(cidr))) for cidr in (*single, *blocks))


RULES: tuple[Rule, ...] = (
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
)
