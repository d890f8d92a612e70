import json

import pytest

from facts.escalation import escalations, kinds
from policies.analysis.iam.identities import POLICY, ROLE
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.aws.privilege_escalation import PERMISSION_SET, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ACCOUNT = "arn:aws:iam::111122223333"
FUNCTIONS = "arn:aws:lambda:*:111122223333:function"
READER = resource(ROLE, {"name": "reader"}, name="role")
ATTACH = "iam:AttachRolePolicy: any role gets any policy"
PASSED = "iam:PassRole + ec2:RunInstances: any role on a machine of one's own"
CODE = "lambda:UpdateFunctionCode: code of its own in every function, as its role"
EVERYTHING = "every action on everything: there is no more to be had"


def says(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, on="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def inline(*statements, name="inline", role="reader"):
    return resource(INLINE, {"role": role, "policy": says(*statements)}, name=name)


def deny(action, **more):
    return {"Effect": "Deny", "Action": action, "Resource": "*"} | more


def where(operator, key, value):
    return {"Condition": {operator: {key: value}}}


def found(*resources):
    """What the rule says of the first of some resources."""
    said = judge(Graph(resources), RULES)
    assert said.faults == ()
    return [f.message for f in said.findings if f.urn == resources[0].urn]


BOUNDARY_ARN = f"{ACCOUNT}:policy/boundary"
BOUNDED = resource(ROLE, {"name": "reader", "permissionsBoundary": BOUNDARY_ARN}, name="role")
BOUNDARY = resource(POLICY, {"name": "boundary", "policy": says(allow("s3:Get*"))}, name="boundary")
ONLY_BOUNDED = where("StringEquals", "iam:PermissionsBoundary", BOUNDARY_ARN)
UNLESS_BOUNDED = deny("iam:AttachRole*", **where("StringNotEquals", "iam:PermissionsBoundary", BOUNDARY_ARN))
OWN_POLICIES = where("ArnLike", "iam:PolicyARN", f"{ACCOUNT}:policy/app-*")
AWS_POLICIES = where("ArnLike", "iam:PolicyARN", "arn:aws:iam::aws:policy/*")
TO_FUNCTIONS = where("StringEquals", "iam:PassedToService", "lambda.amazonaws.com")
TO_ANYTHING = where("StringLike", "iam:PassedToService", "*.amazonaws.com")
TAGGED = where("StringEquals", "ssm:resourceTag/team", "ours")
PASS_AND_RUN = ["iam:PassRole", "ec2:RunInstances"]
ALONE = resource(POLICY, {"name": "alone", "policy": says(allow("iam:AttachRolePolicy"))}, name="alone")
HELD = resource(ATTACHMENT, {"role": "reader", "policyArn": f"{ACCOUNT}:policy/alone"}, name="held")
ALL_BUT_ONE = {"Effect": "Deny", "Action": "iam:PassRole", "NotResource": f"{ACCOUNT}:role/node"}

OF_ALONE = f"{ACCOUNT}:policy/alone"
WRITTEN = "iam:PutRolePolicy: any role gets a policy written on the spot"

CASES = {
    "identities-cannot-escalate": RuleCases(
        passing=[
            Case(READER),
            Case(READER, [inline(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/one"))]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/app/*"))]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", **ONLY_BOUNDED))]),
            Case(READER, [inline(allow("iam:AttachRolePolicy"), UNLESS_BOUNDED)]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", **OWN_POLICIES))]),
            Case(READER, [inline(allow("iam:AttachRolePolicy"), deny("iam:*"))]),
            Case(READER, [inline(allow("iam:CreateAccessKey", f"{ACCOUNT}:user/${{aws:username}}"))]),
            Case(READER, [inline(allow("iam:PassRole"))]),
            Case(READER, [inline(allow("iam:PassRole", f"{ACCOUNT}:role/node"), allow("ec2:RunInstances"))]),
            Case(READER, [inline(allow("iam:PassRole", **TO_FUNCTIONS), allow("ec2:RunInstances"))]),
            Case(READER, [inline(allow(PASS_AND_RUN), ALL_BUT_ONE)]),
            Case(READER, [inline(allow("ssm:SendCommand", "arn:aws:ssm:*:*:document/*"))]),
            Case(READER, [inline(allow("ssm:StartSession", **TAGGED))]),
            Case(READER, [inline(allow("lambda:UpdateFunctionCode", f"{FUNCTIONS}:app-*"))]),
            Case(BOUNDED, [BOUNDARY, inline(allow("*"))]),
            Case(ALONE, [HELD, READER]),
            Case(resource(POLICY, {"policy": says(allow("*"))}, name="team-boundary")),
            Case(resource(POLICY, {"policy": says(allow("s3:GetObject"))}, name="alone")),
            Case(inline(allow("iam:PassRole"))),
            Case(READER, [inline(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/other-reader"))]),
            Case(READER, [inline(allow("iam:UpdateAssumeRolePolicy", f"{ACCOUNT}:role/reader"))]),
            Case(READER, [inline(allow("iam:PutUserPolicy", f"{ACCOUNT}:user/${{aws:username}}"))]),
            Case(
                READER,
                [inline(allow("kms:CreateGrant", **where("Bool", "kms:GrantIsForAWSResource", "true")))],
            ),
        ],
        failing=[
            Case(READER, [inline(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/reader"))], [WRITTEN]),
            Case(READER, [inline(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/r*"))], [WRITTEN]),
            Case(
                resource(ROLE, {"name": "reader", "path": "/app/"}, name="reader"),
                [inline(allow("iam:PutRolePolicy", f"{ACCOUNT}:role/app/reader"))],
                [WRITTEN],
            ),
            Case(
                resource("aws:iam/user:User", {"name": "ann"}, name="ann"),
                [
                    resource(
                        "aws:iam/userPolicy:UserPolicy",
                        {
                            "user": "ann",
                            "policy": says(
                                allow("iam:AttachUserPolicy", f"{ACCOUNT}:user/${{aws:username}}")
                            ),
                        },
                    )
                ],
                ["iam:AttachUserPolicy: any user gets any policy"],
            ),
            Case(
                resource("aws:iam/user:User", {"name": "ann", "groups": ["crew"]}, name="ann"),
                [
                    resource(
                        "aws:iam/groupPolicy:GroupPolicy",
                        {
                            "group": "crew",
                            "policy": says(allow("iam:AttachGroupPolicy", f"{ACCOUNT}:group/crew")),
                        },
                    )
                ],
                ["iam:AttachGroupPolicy: any group gets any policy"],
            ),
            Case(
                READER,
                [
                    HELD,
                    resource(
                        POLICY,
                        {"name": "alone", "policy": says(allow("iam:CreatePolicyVersion", OF_ALONE))},
                        name="alone",
                    ),
                ],
                ["iam:CreatePolicyVersion: rewrites policies that identities hold already"],
            ),
            Case(
                resource(
                    ROLE,
                    {"name": "reader", "managedPolicyArns": [UNKNOWN]},
                    name="reader",
                    property_dependencies={"managedPolicyArns": frozenset({ALONE.urn})},
                ),
                [ALONE],
                [ATTACH],
            ),
            Case(
                READER,
                [
                    resource(
                        "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
                        {"roleName": "reader", "policyArns": [f"{ACCOUNT}:policy/alone"]},
                    ),
                    ALONE,
                ],
                [ATTACH],
            ),
            Case(READER, [inline(allow("iam:AttachRolePolicy"))], [ATTACH]),
            Case(READER, [inline(allow("IAM:attachrolepolicy"))], [ATTACH]),
            Case(READER, [inline(allow("iam:Attach?olePolic*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", f"{ACCOUNT}:role/?*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", "arn:aws:iam::*:**"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", "arn:aws:iam::*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", "arn:aws-cn:iam::1:role/*/*"))], [ATTACH]),
            Case(READER, [inline(allow("iam:AttachRolePolicy", **AWS_POLICIES))], [ATTACH]),
            Case(
                READER,
                [inline(allow("iam:AttachRolePolicy", **where("StringLike", "aws:PrincipalArn", "*")))],
                [ATTACH],
            ),
            Case(
                READER,
                [inline(allow("iam:AttachRolePolicy", **where("StringLike", "iam:PolicyARN", "*")))],
                [ATTACH],
            ),
            Case(
                READER,
                [inline(allow("iam:AttachRolePolicy", **where("StringLike", "aws:ResourceTag/team", "*")))],
                [ATTACH],
            ),
            Case(
                READER,
                [inline({"Effect": "Allow", "Action": "iam:AttachRolePolicy", "NotResource": "x"})],
                [ATTACH],
            ),
            Case(READER, [inline(allow("iam:PassRole")), inline(allow("ec2:Run*"), name="b")], [PASSED]),
            Case(READER, [inline(allow("iam:PassRole", **TO_ANYTHING), allow("ec2:RunInstances"))], [PASSED]),
            Case(READER, [inline(allow("lambda:UpdateFunctionCode", f"{FUNCTIONS}:*"))], [CODE]),
            Case(
                READER, [inline(allow("lambda:UpdateFunctionCode", "arn:aws:lambda:eu-central-1:*"))], [CODE]
            ),
            Case(READER, [inline(allow("*"))], [EVERYTHING]),
            Case(READER, [inline(allow(["s3:*", "*:*"], ["arn:aws:s3:::x", "*"]))], [EVERYTHING]),
            Case(READER, [HELD, ALONE], [ATTACH]),
            Case(ALONE, [], ["policy: iam:AttachRolePolicy: any role gets any policy"]),
            Case(
                resource(PERMISSION_SET, {"inlinePolicy": says(allow("iam:AttachRolePolicy"))}),
                [],
                ["inlinePolicy: iam:AttachRolePolicy: any role gets any policy"],
            ),
            Case(
                inline(allow("iam:PassRole"), name="a"),
                [inline(allow("ec2:RunI*"), name="b")],
                ["policy: iam:PassRole + ec2:RunInstances: any role on a machine of one's own"],
            ),
        ],
        not_applicable=[Case(resource("aws:iam/instanceProfile:InstanceProfile", {"role": "reader"}))],
        undecided=[
            Case(READER, [resource(INLINE, {"role": "reader", "policy": UNKNOWN}, name="inline")]),
            Case(resource(POLICY, {"name": "alone", "policy": UNKNOWN}, name="alone")),
            Case(READER, [inline({"Effect": "Permit", "Action": "iam:*", "Resource": "*"})]),
        ],
    )
}

test_cases = cases_test(RULES, CASES)

CHAINS = [(group, chain) for group in escalations() for chain in group.chains]


def spelled(action):
    """The same action in other letters, with each of IAM's wildcards in it."""
    service, verb = action.split(":")
    return f"{service.upper()}:{verb[:-1].swapcase()}?*"


@pytest.mark.parametrize(("group", "chain"), CHAINS, ids=[" + ".join(chain) for _, chain in CHAINS])
def test_every_known_way_is_found(group, chain):
    way, means = " + ".join(chain), group.means
    one, *others = chain
    spellings = [
        [allow(list(chain))],
        [allow([spelled(action) for action in chain])],
        [allow(one, kinds()[group.reaches]), *(allow(action) for action in others)],
        [{"Effect": "Allow", "NotAction": "ce:*", "NotResource": "arn:aws:ce:::x"}],
    ]
    for statements in spellings:
        said = [message for message in found(READER, inline(*statements)) if message.endswith(f": {means}")]
        assert len(said) == 1, said
        assert way in said[0].rpartition(f": {means}")[0].split(", ")
    for action in chain:
        less = found(READER, inline(allow(list(chain)), deny(action)))
        assert not any(way in message.split(": ")[0].split(", ") for message in less)


def test_a_document_that_cannot_be_read_hides_no_other():
    broken = inline({"Effect": "Permit", "Action": "s3:*", "Resource": "*"})
    said = judge(Graph([READER, broken, inline(allow("iam:Attach?olePolicy"), name="b")]), RULES)
    assert [f.message for f in said.findings] == [ATTACH]
    assert [u.message for u in said.undecided] == [
        "statement 0: Effect is Permit, not Allow or Deny",
    ]


def test_all_but_some_is_told_by_what_it_leads_to():
    said = found(READER, inline({"Effect": "Allow", "NotAction": ["sts:*", "lambda:*"], "Resource": "*"}))
    assert len(said) == len({group.means for group in escalations()}) - 4
    assert not any("lambda:" in message or "sts:" in message for message in said)
