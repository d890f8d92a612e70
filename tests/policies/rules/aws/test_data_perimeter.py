import json

from policies.analysis.network.types import ENDPOINT
from policies.engine.graph import UNKNOWN
from policies.rules.aws.data_perimeter import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource

_OWN = {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}
_ORGANISED = {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}


def _endpoint(service, *statements):
    inputs = {"serviceName": f"com.amazonaws.eu-central-1.{service}"}
    if statements:
        inputs["policy"] = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return resource(ENDPOINT, inputs)


def _allow(sid, action, resource_="*", **equals):
    said = {"Sid": sid, "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": resource_}
    return {**said, "Condition": {"StringEquals": equals}} if equals else said


_MINE = _allow("Own", "s3:*", **_OWN)

CASES = {
    "endpoints-are-a-perimeter": RuleCases(
        passing=[
            Case(_endpoint("s3", _MINE)),
            Case(_endpoint("s3", _allow("Own", "s3:*", **_ORGANISED))),
            Case(_endpoint("s3", _MINE, _allow("Layers", "s3:GetObject", "arn:aws:s3:::prod-layers/*"))),
            Case(_endpoint("s3", _MINE, {**_allow("Never", "s3:*"), "Effect": "Deny"})),
            Case(
                _endpoint(
                    "dkr", _allow("Pull", ["ecr:BatchGetImage"], **{"aws:PrincipalAccount": "111122223333"})
                )
            ),
            Case(
                _endpoint(
                    "sts",
                    _allow(
                        "Tokens", "sts:AssumeRoleWithWebIdentity", **{"aws:ResourceAccount": "111122223333"}
                    ),
                )
            ),
            Case(_endpoint("eks-auth")),
        ],
        failing=[
            Case(
                _endpoint("s3"),
                findings=["policy: is not set: data of the platform can go through it to any account"],
            ),
            Case(
                _endpoint("s3", _allow("All", "*")),
                findings=[
                    (
                        "policy.Statement[0].Condition: any identity passes: neither aws:PrincipalAccount nor "
                        "aws:PrincipalOrgID is pinned"
                    ),
                    (
                        "policy.Statement[0].Condition: data gets out: neither aws:ResourceAccount nor "
                        "aws:ResourceOrgID is pinned"
                    ),
                ],
            ),
            Case(
                _endpoint("s3", _allow("Half", "s3:*", **{"aws:PrincipalAccount": "111122223333"})),
                findings=[
                    (
                        "policy.Statement[0].Condition: data gets out: neither aws:ResourceAccount nor "
                        "aws:ResourceOrgID is pinned"
                    )
                ],
            ),
            Case(
                _endpoint("s3", _allow("Half", "s3:*", **{"aws:ResourceAccount": "111122223333"})),
                findings=[
                    (
                        "policy.Statement[0].Condition: any identity passes: neither aws:PrincipalAccount nor "
                        "aws:PrincipalOrgID is pinned"
                    )
                ],
            ),
            Case(
                _endpoint("s3", _allow("Any", "s3:GetObject")),
                findings=[
                    (
                        "policy.Statement[0].Condition: any identity passes: neither aws:PrincipalAccount nor "
                        "aws:PrincipalOrgID is pinned"
                    )
                ],
            ),
            Case(
                _endpoint("sts", _allow("Tokens", "sts:AssumeRoleWithWebIdentity")),
                findings=[
                    (
                        "policy.Statement[0].Condition: data gets out: neither aws:ResourceAccount nor "
                        "aws:ResourceOrgID is pinned"
                    )
                ],
            ),
        ],
        not_applicable=[Case(resource("aws:ec2/vpc:Vpc", {}))],
        undecided=[
            Case(resource(ENDPOINT, {"serviceName": "com.amazonaws.eu-central-1.s3", "policy": UNKNOWN}))
        ],
    ),
}

test_cases = cases_test(PLATFORM, CASES)
