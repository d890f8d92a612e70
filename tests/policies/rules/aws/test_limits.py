import json

from policies.engine.graph import UNKNOWN
from policies.rules.aws.limits import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_ROLE = "aws:iam/role:Role"
_BUCKET = "aws:s3/bucket:Bucket"
_POLICY = "aws:iam/policy:Policy"


def _policy(characters):
    bare = len(json.dumps({"Sid": ""}, separators=(",", ":")))
    return json.dumps({"Sid": "x" * (characters - bare)}, indent=4)


CASES = {
    "names-and-policies-are-within-aws-limits": RuleCases(
        passing=[
            Case(resource(_ROLE, {"name": "x" * 64, "assumeRolePolicy": "{}"})),
            Case(resource(_POLICY, {"policy": _policy(6144)})),
            Case(resource(_BUCKET, {})),
        ],
        failing=[
            Case(resource(_ROLE, {"name": "x" * 65}), findings=["name: 65 characters; AWS takes 64"]),
            Case(resource(_BUCKET, {"bucket": "x" * 64}), findings=["bucket: 64 characters; AWS takes 63"]),
            Case(
                resource(_POLICY, {"policy": _policy(6145)}),
                findings=["policy: 6,145 characters; AWS takes 6,144"],
            ),
        ],
        not_applicable=[Case(resource("aws:ec2/vpc:Vpc", {}))],
        undecided=[
            Case(resource(_ROLE, {"name": UNKNOWN})),
            Case(resource(_POLICY, {"policy": "no JSON"})),
            Case(resource(_POLICY, {"policy": {"Statement": UNKNOWN}})),
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
