import json

from gate.permissions import permissions
from gate.report import Permission
from policies.record import UNKNOWN, Graph
from tests.policies.cases import resource

INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHED = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"


def of(*statements, role="reader"):
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    return permissions(Graph([resource(INLINE, {"role": role, "policy": policy})]))


def test_a_statement_is_told_with_its_conditions():
    condition = {
        "StringEquals": {"aws:RequestedRegion": "eu-central-1"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    statement = {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:a"}
    assert of({**statement, "Condition": condition}) == [
        Permission(
            identity="reader",
            actions=("s3:GetObject", "s3:PutObject"),
            resources=("arn:a",),
            conditions=("aws:SecureTransport Bool true", "aws:RequestedRegion StringEquals eu-central-1"),
        )
    ]


def test_what_is_left_out_reads_as_everything_else():
    (said,) = of({"Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "NotResource": "arn:b"})
    assert said.actions == ("everything but iam:*, kms:*",)
    assert said.resources == ("everything but arn:b",)


def test_refusals_are_told_apart():
    (said,) = of({"Effect": "Deny", "Action": "s3:*", "Resource": "*"})
    assert said.denied


def test_a_document_nobody_can_read_is_said_and_never_left_out():
    for policy in (UNKNOWN, "{", ["x"]):
        (said,) = permissions(Graph([resource(INLINE, {"role": "reader", "policy": policy}, name="p")]))
        assert said.actions[0].startswith("unreadable: ")
        assert said.actions[0].endswith(" (p)")
        assert said.resources == ("unknown",)


def test_attached_policies_are_read_where_they_are_ours_and_named_where_they_are_not():
    arn = "arn:aws:iam::111122223333:policy/own"
    document = json.dumps({"Statement": {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}})
    own = resource("aws:iam/policy:Policy", {"policy": document}, name="own", outputs={"arn": arn})
    ours = resource(ATTACHED, {"role": "a", "policyArn": arn}, name="1")
    aws = resource(ATTACHED, {"role": "b", "policyArn": "arn:aws:iam::aws:policy/X"}, name="2")
    assert [(p.identity, p.actions) for p in permissions(Graph([own, ours, aws]))] == [
        ("a", ("sqs:*",)),
        ("b", ("what arn:aws:iam::aws:policy/X allows (AWS keeps that document)",)),
    ]
