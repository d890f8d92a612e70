"""What must hold for subnets: each has a table of routes that somebody chose."""

from collections.abc import Iterable
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping

SUBNET: Final = "aws:ec2/subnet:Subnet"
_ASSOCIATION: Final = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_VPC: Final = "aws:ec2/vpc:Vpc"
_MAIN: Final = (
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
)


_NODES: Final = "aws:eks/nodeGroup:NodeGroup"
_EXITS: Final = "aws:ec2/natGateway:NatGateway"
_SIGNS: Final = ("karpenter.sh/discovery", "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb")
"""Tags by which controllers put machines and load balancers into a subnet."""


def _needs_a_way(subnet: Resource, graph: Graph) -> bool:
    """Whether machines, load balancers or an exit stand there; endpoints of services need the VPC's own range alone."""
    tags = mapping(at(subnet.inputs, "tagsAll") or at(subnet.inputs, "tags"), "tags")
    return (
        any(sign in tags for sign in _SIGNS)
        or bool(graph.referring(subnet, _EXITS, "subnetId"))
        or bool(graph.referring(subnet, _NODES, "subnetIds"))
    )


def _on_the_main_table(subnet: Resource, graph: Graph) -> Iterable[Offence]:
    if (
        not _needs_a_way(subnet, graph)
        or graph.of_type(*_MAIN)
        or graph.referring(subnet, _ASSOCIATION, "subnetId")
    ):
        return
    vpcs = [vpc for vpc in graph.of_type(_VPC) if subnet in graph.referring(vpc, SUBNET, "vpcId")]
    beside = [other for vpc in vpcs for other in graph.referring(vpc, SUBNET, "vpcId") if other is not subnet]
    if any(graph.referring(other, _ASSOCIATION, "subnetId") for other in beside):
        yield Offence(
            path="",
            problem="has the VPC's main table, which has no way out, while subnets beside it have their own",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="subnets-have-a-route-table",
        severity="high",
        applies_to=(SUBNET,),
        why="The main table of a VPC has the VPC's own range alone: nodes there pull no image and join no cluster.",
        fix="Associate the subnet with a route table.",
        check=_on_the_main_table,
        reads_graph=True,
    ),
)
