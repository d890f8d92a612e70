import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.perimeter import RULES
from policies.rules.aws.vpc_endpoints import ENDPOINT
from tests.policies.cases import Case, RuleCases, cases_test, resource

_OWN = {"aws:PrincipalAccount": "111122223333", "aws:ResourceAccount": "111122223333"}
_ORGANISED = {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}
_OUT = "lets data out: pins neither aws:ResourceAccount nor aws:ResourceOrgID"
_ANYBODY = "lets any identity pass: pins neither aws:PrincipalAccount nor aws:PrincipalOrgID"


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
                findings=["policy: none, so data of the platform can go through it to any account"],
            ),
            Case(
                _endpoint("s3", _allow("All", "*")),
                findings=[f"policy: All {_OUT}", f"policy: All {_ANYBODY}"],
            ),
            Case(
                _endpoint("s3", _allow("Half", "s3:*", **{"aws:PrincipalAccount": "111122223333"})),
                findings=[f"policy: Half {_OUT}"],
            ),
            Case(
                _endpoint("s3", _allow("Half", "s3:*", **{"aws:ResourceAccount": "111122223333"})),
                findings=[f"policy: Half {_ANYBODY}"],
            ),
            Case(
                _endpoint("s3", _allow("Any", "s3:GetObject")),
                findings=[f"policy: Any {_ANYBODY}"],
            ),
            Case(
                _endpoint("sts", _allow("Tokens", "sts:AssumeRoleWithWebIdentity")),
                findings=[f"policy: Tokens {_OUT}"],
            ),
        ],
        not_applicable=[Case(resource("aws:ec2/vpc:Vpc", {}))],
        undecided=[
            Case(resource(ENDPOINT, {"serviceName": "com.amazonaws.eu-central-1.s3", "policy": UNKNOWN}))
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
