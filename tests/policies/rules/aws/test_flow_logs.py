from policies.analysis.network.types import SUBNET, VPC
from policies.engine.graph import UNKNOWN
from policies.rules.aws.flow_logs import FLOW_LOG, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_VPC = resource(VPC, {"cidrBlock": "10.0.0.0/16"}, id="vpc-1")
_GROUP = "aws:cloudwatch/logGroup:LogGroup"


def _log(**inputs):
    return resource(FLOW_LOG, {"vpcId": "vpc-1", **inputs})


CASES = {
    "vpcs-log-their-flows": RuleCases(
        passing=[
            Case(_VPC, [_log(trafficType="ALL")]),
            Case(
                resource(VPC, {}),
                [
                    resource(
                        FLOW_LOG,
                        {"vpcId": UNKNOWN, "trafficType": "ALL"},
                        property_dependencies={"vpcId": frozenset({resource(VPC, {}).urn})},
                    )
                ],
            ),
        ],
        failing=[
            Case(_VPC, findings=["no flow log"]),
            Case(_VPC, [_log(vpcId="vpc-2", trafficType="ALL")], ["no flow log"]),
            Case(_VPC, [_log(trafficType="REJECT")], ["flow log records only REJECT"]),
        ],
        not_applicable=[Case(resource(SUBNET, {}))],
        undecided=[
            Case(_VPC, [_log(trafficType=UNKNOWN)]),
            Case(_VPC, [_log(vpcId=UNKNOWN, trafficType="ALL")]),
        ],
    ),
    "log-groups-have-retention": RuleCases(
        passing=[Case(resource(_GROUP, {"retentionInDays": 365}))],
        failing=[
            Case(
                resource(_GROUP, inputs),
                findings=["retentionInDays: is not set: logs are kept, and paid for, for ever"],
            )
            for inputs in ({}, {"retentionInDays": 0})
        ],
        not_applicable=[Case(_VPC)],
        undecided=[Case(resource(_GROUP, {"retentionInDays": UNKNOWN}))],
    ),
}

test_cases = cases_test(RULES, CASES)
