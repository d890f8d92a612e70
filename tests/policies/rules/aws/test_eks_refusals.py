from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.machines.types import CLUSTER, NODE_GROUP
from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_refusals import PLATFORM, RULES, SUBNET
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

_OF_NODES = resource(SUBNET, {"tags": {"karpenter.sh/discovery": "example"}}, name="nodes-a")
_OWN = resource(SUBNET, {"tags": {"Name": "control-plane-a"}}, name="control-plane-a")
_AUTOSCALER = resource(RELEASE, {"chart": "cluster-autoscaler"}, name="autoscaler")


def group(least=3, wished=3, most=3, subnets=("subnet-1",), ignored=()):
    sizes = {"minSize": least, "desiredSize": wished, "maxSize": most}
    return resource(
        NODE_GROUP, {"scalingConfig": sizes, "subnetIds": list(subnets)}, name="group", ignore_changes=ignored
    )


def control_plane(*subnets):
    return resource(
        CLUSTER,
        {"vpcConfig": {"subnetIds": [s.name for s in subnets]}},
        property_dependencies={"vpcConfig": frozenset(s.urn for s in subnets)},
    )


_STAYS = ("scalingConfig.desiredSize",)
CASES = {
    "node-group-sizes-are-accepted": RuleCases(
        passing=[
            Case(group()),
            Case(group(1, None, 4)),
            Case(group(ignored=_STAYS)),  # others may have an autoscaler that is not in view
            Case(group(ignored=_STAYS), [OURS, _AUTOSCALER]),
        ],
        failing=[
            Case(
                group(ignored=_STAYS),
                [OURS],
                [
                    (
                        "scalingConfig.desiredSize: its changes are ignored (ignoreChanges), and no autoscaler "
                        "moves it: EKS refuses a minSize that is raised above the size it remembers"
                    )
                ],
            ),
            Case(group(4, 3, 6), findings=["scalingConfig.minSize: 4 is above desiredSize 3"]),
            Case(
                group(5, 5, 4),
                findings=[
                    "scalingConfig.desiredSize: 5 is above maxSize 4",
                    "scalingConfig.minSize: 5 is above maxSize 4",
                ],
            ),
        ],
        not_applicable=[Case(_OWN)],
        undecided=[Case(group(UNKNOWN))],
    ),
    "control-planes-have-subnets-of-their-own": RuleCases(
        passing=[Case(control_plane(_OWN), [_OWN, _OF_NODES])],
        failing=[
            Case(
                control_plane(_OF_NODES),
                [_OWN, _OF_NODES],
                ["vpcConfig.subnetIds: nodes-a is a subnet of nodes too"],
            ),
            Case(
                control_plane(_OWN, _OF_NODES),
                [_OWN, _OF_NODES],
                ["vpcConfig.subnetIds: nodes-a is a subnet of nodes too"],
            ),
        ],
        not_applicable=[Case(_OWN)],
        undecided=[Case(control_plane(_OWN), [_OWN, resource(SUBNET, {"tags": UNKNOWN}, name="dark")])],
    ),
    "node-groups-stand-in-one-zone": RuleCases(
        passing=[Case(group())],
        failing=[
            Case(
                group(subnets=[f"subnet-{n}" for n in range(count)]),
                findings=[
                    f"subnetIds: {count} subnets: the next node may be where its pods' volumes are not"
                ],
            )
            for count in (2, 3)
        ],
        not_applicable=[Case(_OWN)],
        undecided=[Case(resource(NODE_GROUP, {"subnetIds": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
