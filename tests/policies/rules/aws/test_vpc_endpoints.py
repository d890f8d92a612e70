from policies.analysis.network.types import ENDPOINT, GROUP, GROUP_RULE, INGRESS, VPC
from policies.engine.graph import UNKNOWN
from policies.rules.aws.vpc_endpoints import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_GROUP = resource(GROUP, {"vpcId": "vpc-1"}, name="endpoints", id="sg-1")


def _endpoint(**inputs):
    return resource(
        ENDPOINT, {"vpcEndpointType": "Interface", "serviceName": "com.amazonaws.eu-central-1.sts", **inputs}
    )


def _admits(cidr, **inputs):
    return resource(INGRESS, {"securityGroupId": "sg-1", "ipProtocol": "tcp", "cidrIpv4": cidr, **inputs})


_GATEWAY = resource(ENDPOINT, {"serviceName": "com.amazonaws.eu-central-1.s3"})

CASES = {
    "interface-endpoints-answer-private-names": RuleCases(
        passing=[Case(_endpoint(privateDnsEnabled=True)), Case(_GATEWAY)],
        failing=[
            Case(
                _endpoint(**inputs),
                findings=[
                    "privateDnsEnabled: is off: callers resolve the service's public address and go out"
                ],
            )
            for inputs in ({}, {"privateDnsEnabled": False})
        ],
        not_applicable=[Case(resource(VPC, {}))],
        undecided=[
            Case(_endpoint(privateDnsEnabled=UNKNOWN)),
            Case(resource(ENDPOINT, {"vpcEndpointType": UNKNOWN})),
        ],
    ),
    "interface-endpoints-answer-only-inside": RuleCases(
        passing=[
            Case(_endpoint(securityGroupIds=["sg-1"]), [_GROUP, _admits("10.0.0.0/16")]),
            Case(_endpoint(securityGroupIds=["sg-2"]), [_GROUP, _admits("0.0.0.0/0")]),
            Case(_GATEWAY),
        ],
        failing=[
            Case(
                _endpoint(securityGroupIds=["sg-1"]),
                [_GROUP, _admits("0.0.0.0/0")],
                ["securityGroupIds: endpoints admits the internet"],
            ),
            Case(
                _endpoint(securityGroupIds=["sg-1"]),
                [
                    _GROUP,
                    resource(
                        GROUP_RULE,
                        {
                            "securityGroupId": "sg-1",
                            "type": "ingress",
                            "protocol": "-1",
                            "cidrBlocks": ["0.0.0.0/0"],
                        },
                    ),
                ],
                ["securityGroupIds: endpoints admits the internet"],
            ),
            Case(
                _endpoint(securityGroupIds=["sg-1"]),
                [resource(GROUP, {"ingress": [{"ipv6CidrBlocks": ["::/0"]}]}, name="endpoints", id="sg-1")],
                ["securityGroupIds: endpoints admits the internet"],
            ),
            Case(
                _endpoint(),
                findings=["securityGroupIds: is not set: the VPC's default group decides who may call"],
            ),
        ],
        not_applicable=[Case(resource(VPC, {}))],
        undecided=[
            Case(_endpoint(securityGroupIds=UNKNOWN)),
            Case(_endpoint(securityGroupIds=["sg-1"]), [_GROUP, _admits(UNKNOWN)]),
            Case(
                _endpoint(securityGroupIds=["sg-1"]),
                [_GROUP, _admits("10.0.0.0/16", securityGroupId=UNKNOWN)],
            ),
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
