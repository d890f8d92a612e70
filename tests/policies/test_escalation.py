import json

import pytest

from facts.escalation import escalation_paths
from policies.escalation import RULES
from policies.iam.identities import POLICY, ROLE
from policies.judge import judge
from policies.record import UNKNOWN, Graph
from tests.policies.cases import Case, RuleCases, cases_test, resource

INLINE = "aws:iam/rolePolicy:RolePolicy"
ACCOUNT = "arn:aws:iam::111122223333"
READER = resource(ROLE, {"name": "reader"}, name="role")
ATTACH = "iam:AttachRolePolicy: any role gets any policy"
PASSED = "iam:PassRole and ec2:RunInstances: any role on a machine of one's own"


def says(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, on="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def inline(*statements, name="inline"):
    return resource(INLINE, {"role": "reader", "policy": says(*statements)}, name=name)


def deny(action, **more):
    return {"Effect": "Deny", "Action": action, "Resource": "*"} | more


BOUNDED = resource(ROLE, {"name": "reader", "permissionsBoundary": f"{ACCOUNT}:policy/boundary"}, name="role")
BOUNDARY = resource(POLICY, {"name": "boundary", "policy": says(allow("s3:Get*"))}, name="boundary")
ONLY_BOUNDED = {"Condition": {"StringEquals": {"iam:PermissionsBoundary": f"{ACCOUNT}:policy/boundary"}}}

CASES = {
    "identities-cannot-escalate": RuleCases(
        passing=[
            Case(READER),
            Case(READER, [inline(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/one"))]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", **ONLY_BOUNDED))]),
            Case(READER, [inline(allow("iam:AttachRolePolicy"), deny("iam:*"))]),
            Case(READER, [inline(allow("iam:PassRole"))]),
            Case(READER, [inline(allow("iam:PassRole", f"{ACCOUNT}:role/node"), allow("ec2:RunInstances"))]),
            Case(BOUNDED, [BOUNDARY, inline(allow("*"))]),
        ],
        failing=[
            Case(READER, [inline(allow("iam:AttachRolePolicy"))], [ATTACH]),
            Case(READER, [inline(allow("IAM:attachrolepolicy"))], [ATTACH]),
            Case(READER, [inline(allow("iam:Attach?olePolic*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", "arn:aws:iam::*:**"))], [ATTACH]),
            Case(
                READER,
                [inline(allow("iam:AttachRolePolicy", Condition={"StringLike": {"aws:PrincipalArn": "*"}}))],
                [ATTACH],
            ),
            Case(
                READER,
                [inline(allow("iam:AttachRolePolicy", Condition={"StringLike": {"iam:PolicyARN": "*"}}))],
                [ATTACH],
            ),
            Case(READER, [inline(allow("iam:PassRole")), inline(allow("ec2:Run*"), name="b")], [PASSED]),
            Case(
                READER,
                [
                    inline(
                        {
                            "Effect": "Allow",
                            "NotAction": ["sts:*", "lambda:*"],
                            "NotResource": f"{ACCOUNT}:x/y",
                        },
                        deny(["iam:Put*", "iam:Create*", "iam:AttachUser*", "iam:AttachRole*"]),
                    )
                ],
                [PASSED],
            ),
        ],
        not_applicable=[Case(resource("aws:iam/instanceProfile:InstanceProfile", {"role": "reader"}))],
        undecided=[Case(READER, [resource(INLINE, {"role": "reader", "policy": UNKNOWN}, name="inline")])],
    )
}

test_cases = cases_test(RULES, CASES)


@pytest.mark.parametrize("name", escalation_paths())
def test_every_known_way_is_found(name):
    path = escalation_paths()[name]
    said = judge(Graph([READER, inline(allow(path.actions))]), RULES)
    assert f"{' and '.join(path.actions)}: {path.means}" in [f.message for f in said.findings]
    less = judge(Graph([READER, inline(allow(path.actions), deny(path.actions[0]))]), RULES)
    assert less.findings == ()
