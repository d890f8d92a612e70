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
from policies.engine.graph import UNKNOWN
from policies.rules.aws.vpc import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_VPC = resource(VPC, {"cidrBlock": "10.0.0.0/16"}, id="vpc-1")
_NODES = resource(SUBNET, {"tags": {"karpenter.sh/discovery": "example-test"}}, id="subnet-1")
_INSIDE = resource(SUBNET, {"tags": {"kubernetes.io/role/internal-elb": "1"}}, id="subnet-1")
_TABLE = resource(ROUTE_TABLE, {"vpcId": "vpc-1"}, name="nodes", id="rtb-1")
_ATTACHED = resource(ASSOCIATION, {"subnetId": "subnet-1", "routeTableId": "rtb-1"})
_GATEWAY = resource(INTERNET_GATEWAY, {"vpcId": "vpc-1"}, id="gateway-1")


def _route(**target):
    return resource(
        ROUTE, {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", **target}, name="out"
    )


def _ingress(**inputs):
    return Case(resource(INGRESS, {"ipProtocol": "tcp", **inputs}))


CASES = {
    "default-security-groups-are-empty": RuleCases(
        passing=[
            Case(resource(DEFAULT_GROUP, {"vpcId": "vpc-1"})),
            Case(resource(DEFAULT_GROUP, {"ingress": []})),
        ],
        failing=[
            Case(
                resource(DEFAULT_GROUP, {"ingress": [{"protocol": "-1", "self": True}]}),
                findings=["ingress: 1 rule in a VPC's default group"],
            ),
            Case(
                resource(DEFAULT_GROUP, {"egress": [{"protocol": "-1"}, {"protocol": "tcp"}]}),
                findings=["egress: 2 rules in a VPC's default group"],
            ),
        ],
        not_applicable=[Case(resource(GROUP, {"ingress": [{"protocol": "-1", "self": True}]}))],
        undecided=[Case(resource(DEFAULT_GROUP, {"ingress": UNKNOWN}))],
    ),
    "vpcs-close-their-default-group": RuleCases(
        passing=[
            Case(_VPC, [resource(DEFAULT_GROUP, {"vpcId": "vpc-1"})]),
            Case(
                resource(VPC, {}),
                [
                    resource(
                        DEFAULT_GROUP,
                        {"vpcId": UNKNOWN},
                        property_dependencies={"vpcId": frozenset({resource(VPC, {}).urn})},
                    )
                ],
            ),
        ],
        failing=[
            Case(
                _VPC,
                findings=["the VPC's default security group lets its members talk to each other and out"],
            ),
            Case(
                _VPC,
                [resource(DEFAULT_GROUP, {"vpcId": "vpc-2"})],
                ["the VPC's default security group lets its members talk to each other and out"],
            ),
        ],
        not_applicable=[Case(_NODES)],
        undecided=[Case(_VPC, [resource(DEFAULT_GROUP, {"vpcId": UNKNOWN})])],
    ),
    "subnets-give-no-public-addresses": RuleCases(
        passing=[
            Case(resource(SUBNET, {"cidrBlock": "10.0.0.0/24"})),
            Case(resource(SUBNET, {"mapPublicIpOnLaunch": False})),
        ],
        failing=[
            Case(
                resource(SUBNET, {"mapPublicIpOnLaunch": value}),
                findings=["mapPublicIpOnLaunch: every instance started here gets a public address"],
            )
            for value in (True, "true")
        ],
        not_applicable=[Case(_VPC)],
        undecided=[Case(resource(SUBNET, {"mapPublicIpOnLaunch": UNKNOWN}))],
    ),
    "security-groups-offer-the-internet-only-the-web": RuleCases(
        passing=[
            _ingress(cidrIpv4="10.0.0.0/16", fromPort=443, toPort=443),
            _ingress(cidrIpv4="0.0.0.0/0", fromPort=443, toPort=443),
            _ingress(referencedSecurityGroupId="sg-1", fromPort=22, toPort=22),
            Case(resource(GROUP, {"description": "no rules"})),
            Case(resource(GROUP_RULE, {"type": "egress", "protocol": "-1", "cidrBlocks": ["0.0.0.0/0"]})),
        ],
        failing=[
            Case(
                resource(
                    INGRESS, {"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/0", "fromPort": 22, "toPort": 22}
                ),
                findings=["cidrIpv4: tcp 22-22 from 0.0.0.0/0"],
            ),
            Case(
                resource(INGRESS, {"ipProtocol": "-1", "cidrIpv6": "::/0"}),
                findings=["cidrIpv6: every port from ::/0"],
            ),
            Case(
                resource(
                    INGRESS, {"ipProtocol": "tcp", "cidrIpv4": "0.0.0.0/1", "fromPort": 80, "toPort": 443}
                ),
                findings=["cidrIpv4: tcp 80-443 from 0.0.0.0/1"],
            ),
            Case(
                resource(
                    GROUP,
                    {
                        "ingress": [
                            {"protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlocks": ["0.0.0.0/0"]},
                            {
                                "protocol": "tcp",
                                "fromPort": 6443,
                                "toPort": 6443,
                                "cidrBlocks": ["0.0.0.0/0"],
                            },
                        ]
                    },
                ),
                findings=["ingress[1].cidrBlocks[0]: tcp 6443-6443 from 0.0.0.0/0"],
            ),
            Case(
                resource(GROUP_RULE, {"type": "ingress", "protocol": "all", "ipv6CidrBlocks": ["::/0"]}),
                findings=["ipv6CidrBlocks[0]: every port from ::/0"],
            ),
        ],
        not_applicable=[Case(_VPC)],
        undecided=[
            _ingress(cidrIpv4=UNKNOWN, fromPort=22, toPort=22),
            Case(resource(GROUP, {"ingress": UNKNOWN})),
        ],
    ),
    "node-subnets-have-no-way-in": RuleCases(
        passing=[
            Case(_NODES, [_TABLE, _ATTACHED, _GATEWAY, _route(natGatewayId="nat-1")]),
            Case(
                resource(SUBNET, {}, id="subnet-1"),
                [_TABLE, _ATTACHED, _GATEWAY, _route(gatewayId="gateway-1")],
            ),
            Case(_NODES),
        ],
        failing=[
            Case(
                _NODES,
                [_TABLE, _ATTACHED, _GATEWAY, _route(gatewayId="gateway-1")],
                ["tags[karpenter.sh/discovery]: route out leads to an internet gateway"],
            ),
            Case(
                _INSIDE,
                [
                    resource(ROUTE_TABLE, {"routes": [{"gatewayId": "igw-0a"}]}, name="nodes", id="rtb-1"),
                    _ATTACHED,
                ],
                ["tags[kubernetes.io/role/internal-elb]: route 0 of nodes leads to an internet gateway"],
            ),
            Case(
                _NODES,
                [
                    _TABLE,
                    _ATTACHED,
                    _GATEWAY,
                    resource(
                        ROUTE,
                        {"routeTableId": "rtb-1", "gatewayId": UNKNOWN},
                        name="planned",
                        property_dependencies={"gatewayId": frozenset({_GATEWAY.urn})},
                    ),
                ],
                ["tags[karpenter.sh/discovery]: route planned leads to an internet gateway"],
            ),
        ],
        not_applicable=[Case(_VPC)],
        undecided=[
            Case(_NODES, [_TABLE, _ATTACHED, _GATEWAY, _route(gatewayId=UNKNOWN)]),
            Case(resource(SUBNET, {"tags": UNKNOWN})),
        ],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
