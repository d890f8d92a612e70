"""What must hold for VPC endpoints: that callers find them, and that only the inside may call."""

from collections.abc import Iterable

from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.security_groups import openings
from policies.analysis.network.types import ENDPOINT, GROUP
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, known, sequence, text


def _is_interface(endpoint: Resource) -> bool:
    return text(at(endpoint.inputs, "vpcEndpointType"), "vpcEndpointType") == "Interface"


def _unused_endpoint(endpoint: Resource, _graph: Graph) -> Iterable[Offence]:
    if _is_interface(endpoint) and not flag(at(endpoint.inputs, "privateDnsEnabled"), "privateDnsEnabled"):
        yield Offence(
            path="privateDnsEnabled",
            problem="is off: callers resolve the service's public address and go out",
            value=at(endpoint.inputs, "privateDnsEnabled"),
        )


def _open_endpoint(endpoint: Resource, graph: Graph) -> Iterable[Offence]:
    if not _is_interface(endpoint):
        return
    named = {text(known(g)) for g in sequence(at(endpoint.inputs, "securityGroupIds"), "securityGroupIds")}
    if not named and not endpoint.property_dependencies.get("securityGroupIds"):
        yield Offence(
            path="securityGroupIds", problem="is not set: the VPC's default group decides who may call"
        )
    for group in graph.of_type(GROUP):
        if group.id not in named and group.urn not in endpoint.property_dependencies.get(
            "securityGroupIds", ()
        ):
            continue
        if any(is_internet(o.source) for o in openings(group, graph) if not o.is_group):
            yield Offence(path="securityGroupIds", problem=f"{group.name} admits the internet")


RULES: tuple[Rule, ...] = (
    Rule(
        id="interface-endpoints-answer-private-names",
        severity="low",
        applies_to=(ENDPOINT,),
        why="Without private names the endpoint is paid for and traffic still leaves through NAT.",
        fix="Set private_dns_enabled to true.",
        check=_unused_endpoint,
    ),
    Rule(
        id="interface-endpoints-answer-only-inside",
        severity="high",
        applies_to=(ENDPOINT,),
        why="An endpoint is a door to an AWS API; only the VPC's own addresses have business there.",
        fix="Give it a security group that admits port 443 from the VPC's range.",
        check=_open_endpoint,
        reads_graph=True,
    ),
)
