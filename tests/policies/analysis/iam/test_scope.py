"""Which actions may stand on ``*``, which on a whole kind, and which conditions narrow what they are for."""

import pytest

from policies.analysis.iam.scope import wide_resources
from policies.analysis.iam.statements import Statement
from policies.engine.rule import Offence

KEYS = "arn:aws:kms:eu-central-1:111122223333:key/*"
PARAMETERS = "arn:aws:ssm:*:111122223333:parameter/*"


def found(action, resource="*", condition=None):
    raw = {"Effect": "Allow", "Action": action, "Resource": resource}
    return list(
        wide_resources(
            Statement(raw | ({"Condition": condition} if condition else {}), "it", "policy.Statement[0]")
        )
    )


@pytest.mark.parametrize(
    ("action", "resource", "condition"),
    [
        (["secretsmanager:ListSecrets", "iam:GetRole", "ecs:RegisterTaskDefinition"], "*", None),
        (["ec2:CreateSecurityGroup", "ELASTICLOADBALANCING:createlistener"], "*", None),
        ("logs:PutLogEvents", "arn:aws:logs:eu-central-1:111122223333:*", None),
        ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/*", None),
        ("s3:GetObject", "arn:aws:s3:::function/*", None),
        ("kms:Decrypt", KEYS, {"StringEquals": {"kms:ViaService": "ebs.amazonaws.com"}}),
        ("secretsmanager:GetSecretValue", "*", {"StringEquals": {"aws:ResourceTag/team": "models"}}),
    ],
)
def test_what_cannot_be_narrower_or_is_narrowed_is_let_be(action, resource, condition):
    assert found(action, resource, condition) == []


@pytest.mark.parametrize(
    ("action", "resource", "condition", "expected"),
    [
        ("ssm:Get*", PARAMETERS, None, f"ssm:Get* on {PARAMETERS}"),
        (
            "ssm:GetParameter",
            "arn:aws:ssm:*:*:parameter*",
            None,
            "ssm:GetParameter on arn:aws:ssm:*:*:parameter*",
        ),
        ("organizations:LeaveOrganization", "*", None, "organizations:LeaveOrganization on *"),
        ("s3:List*", "*", None, "s3:List* on *"),
        ("lambda:Get*", "*", None, "lambda:Get* on *"),
        ("ec2:GetPasswordData", "*", None, "ec2:GetPasswordData on *"),
        (
            "ec2:RunInstances",
            "*",
            {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
            "ec2:RunInstances on *",
        ),
        ("kms:Decrypt", "*", {"StringEquals": {"aws:PrincipalTag/team": "models"}}, "kms:Decrypt on *"),
        (
            "secretsmanager:GetSecretValue",
            "*",
            {"StringEquals": {"secretsmanager:VersionStage": "AWSCURRENT"}},
            "secretsmanager:GetSecretValue on *",
        ),
    ],
)
def test_what_could_name_what_it_is_for_does(action, resource, condition, expected):
    assert found(action, resource, condition) == [
        Offence(path="policy.Statement[0].Action", problem=expected, value=action)
    ]
