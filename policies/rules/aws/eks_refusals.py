"""What EKS refuses on the day it is asked, found while it is only written."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.kubernetes.charts import is_installed
from policies.analysis.machines.types import CLUSTER, NODE_GROUP
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, known, mapping, number, sequence

SUBNET: Final = "aws:ec2/subnet:Subnet"
_DESIRED: Final = frozenset({"scalingConfig", "scalingConfig.desiredSize"})
_OF_NODES: Final = "karpenter.sh/discovery"


def _sizes(group: Resource, graph: Graph, *, knows_autoscalers: bool = False) -> Iterable[Offence]:
    least, wished, most = (
        number(at(group.inputs, f"scalingConfig.{key}Size"), f"scalingConfig.{key}Size")
        for key in ("min", "desired", "max")
    )
    for low, high, names in (
        (least, wished, ("minSize", "desiredSize")),
        (wished, most, ("desiredSize", "maxSize")),
        (least, most, ("minSize", "maxSize")),
    ):
        if low is not None and high is not None and low > high:
            yield Offence(
                path=f"scalingConfig.{names[0]}", problem=f"{low:g} is above {names[1]} {high:g}", value=low
            )
    # Whether an autoscaler moves the size is known of the platform's stacks only: others may install one anywhere.
    if knows_autoscalers and not is_installed("cluster-autoscaler", graph):
        for path in sorted(_DESIRED & set(group.ignore_changes)):
            yield Offence(
                path=path,
                problem=(
                    "its changes are ignored (ignoreChanges), and no autoscaler moves it: EKS refuses a minSize that "
                    "is raised above the size it remembers"
                ),
            )


def _shared_subnets(cluster: Resource, graph: Graph) -> Iterable[Offence]:
    nodes = {
        subnet.urn
        for subnet in graph.of_type(SUBNET)
        if known(mapping(at(subnet.inputs, "tags"), "tags").get(_OF_NODES)) is not None
    }
    for urn in sorted(cluster.property_dependencies.get("vpcConfig", frozenset()) & nodes):
        yield Offence(
            path="vpcConfig.subnetIds", problem=f"{graph.by_urn[urn].name} is a subnet of nodes too"
        )


def _many_zones(group: Resource, _graph: Graph) -> Iterable[Offence]:
    subnets = sequence(at(group.inputs, "subnetIds"), "subnetIds")
    if len(subnets) > 1:
        yield Offence(
            path="subnetIds",
            problem=f"{len(subnets)} subnets: the next node may be where its pods' volumes are not",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="node-group-sizes-are-accepted",
        severity="high",
        applies_to=(NODE_GROUP,),
        # InvalidParameterException: "Minimum capacity 4 can't be greater than desired size 3" (terraform-aws-eks
        # issues 3521, 3306 and 944, read 2026-11-28).
        why="EKS takes a minimum, a desired size and a maximum in this order only, and remembers the desired size.",
        fix="Set desired_size with min_size, and ignore its changes only where an autoscaler makes them.",
        check=_sizes,
        on_platform=Variant(
            "A size whose changes are ignored has an autoscaler that moves it.",
            partial(_sizes, knows_autoscalers=True),
        ),
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="control-planes-have-subnets-of-their-own",
        severity="high",
        applies_to=(CLUSTER,),
        # "Subnet requirements for clusters", EKS user guide; containers-roadmap issue 2258 (read 2026-11-28).
        why="EKS refuses subnets of other zones than at first: where nodes' subnets are its own, no zone can be added.",
        fix="Give the control plane small subnets (/28) in two zones, apart from those of nodes.",
        check=_shared_subnets,
        reads_graph=True,
    ),
    Rule(
        id="node-groups-stand-in-one-zone",
        severity="high",
        applies_to=(NODE_GROUP,),
        why="A volume stays in its zone: a group over several may make the next node in another, and the pod waits.",
        fix="Make one node group for each zone.",
        check=_many_zones,
    ),
)
