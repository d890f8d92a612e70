import json

from gate.report.permissions import of_roles, permissions
from gate.report.report import Permission
from policies.analysis.iam.identities import ASSOCIATION, ROLE
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource

INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHED = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ACCOUNT = "arn:aws:iam::111122223333"
OWN = "arn:aws:s3:::models/${aws:PrincipalTag/kubernetes-service-account}/*"


def says(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, on="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def inline(*statements, role="reader", name="p"):
    return resource(INLINE, {"role": role, "policy": says(*statements)}, name=name)


def of(*statements):
    return permissions(Graph([inline(*statements)]))


def test_actions_on_the_same_under_the_same_conditions_are_one_entry():
    condition = {
        "StringEquals": {"aws:RequestedRegion": "eu-central-1"},
        "Bool": {"aws:SecureTransport": "true"},
    }
    one = allow(["s3:PutObject", "s3:GetObject"], "arn:aws:s3:::a/*", Condition=condition)
    other = allow("s3:ListBucket", "arn:aws:s3:::a")
    assert of(one, other) == [
        Permission(
            identity="reader",
            actions=("s3:GetObject", "s3:PutObject"),
            resources=("arn:aws:s3:::a/*",),
            conditions=("aws:RequestedRegion StringEquals eu-central-1", "aws:SecureTransport Bool true"),
        ),
        Permission(identity="reader", actions=("s3:ListBucket",), resources=("arn:aws:s3:::a",)),
    ]


def test_what_is_left_out_is_said():
    (said,) = of({"Effect": "Allow", "NotAction": ["iam:*", "kms:*"], "Resource": "*"})
    assert said.actions == ("* but not iam:*, kms:*",)


def test_a_refusal_takes_away_what_it_refuses():
    assert [p.actions for p in of(allow("s3:*"), {"Effect": "Deny", "Action": "s3:*", "Resource": "*"})] == []
    (left,) = of(allow("s3:*"), {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"})
    assert (left.actions, left.denied) == (("s3:* but not s3:Delete*",), False)


def test_a_refusal_of_some_requests_is_told_where_it_refuses_something():
    only_tls = {"Bool": {"aws:SecureTransport": "false"}}
    refusal = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": only_tls}
    elsewhere = refusal | {"Action": "iam:*"}
    refused, allowed = of(allow("s3:GetObject", "arn:aws:s3:::a/*"), refusal, elsewhere)
    assert (refused.denied, allowed.denied) == (True, False)
    assert (refused.actions, refused.conditions) == (("s3:*",), ("aws:SecureTransport Bool false",))


def test_a_boundary_holds_what_it_does_not_name():
    arn = f"{ACCOUNT}:policy/boundary"
    role = resource(ROLE, {"name": "reader", "permissionsBoundary": arn}, name="role")
    policy = {"name": "boundary", "policy": says(allow("s3:Get*"))}
    boundary = resource("aws:iam/policy:Policy", policy, name="boundary", outputs={"arn": arn})
    graph = Graph([role, boundary, inline(allow(["s3:*", "iam:*"], "arn:aws:s3:::a/*"))])
    assert [(p.actions, p.resources) for p in permissions(graph)] == [(("s3:Get*",), ("arn:aws:s3:::a/*",))]


def workload(account):
    inputs = {
        "namespace": "models",
        "serviceAccount": account,
        "clusterName": "c",
        "roleArn": f"{ACCOUNT}:role/reader",
    }
    return resource(ASSOCIATION, inputs, name=account)


READER = resource(ROLE, {"name": "reader"}, name="role", outputs={"arn": f"{ACCOUNT}:role/reader"})


def test_pods_of_one_role_are_told_apart_also_where_the_role_is_another_stacks():
    listing = allow(
        "s3:ListBucket",
        "arn:aws:s3:::models",
        Condition={"StringLike": {"s3:prefix": "${aws:PrincipalTag/kubernetes-service-account}/*"}},
    )
    platform = Graph([READER, inline(allow("s3:GetObject", OWN), listing)])
    said = permissions(Graph([workload("chat-v1"), workload("chat-v2")]), of_roles(platform))
    assert [(p.identity, p.resources, p.conditions) for p in said] == [
        ("models/chat-v1", ("arn:aws:s3:::models/chat-v1/*",), ()),
        ("models/chat-v1", ("arn:aws:s3:::models",), ("s3:prefix StringLike chat-v1/*",)),
        ("models/chat-v2", ("arn:aws:s3:::models/chat-v2/*",), ()),
        ("models/chat-v2", ("arn:aws:s3:::models",), ("s3:prefix StringLike chat-v2/*",)),
    ]


def test_a_role_that_nobody_here_declares_is_named():
    (said,) = permissions(Graph([workload("chat-v1")]))
    assert (said.identity, said.actions) == (
        "models/chat-v1",
        (f"what {ACCOUNT}:role/reader allows (declared elsewhere)",),
    )


def test_a_document_nobody_can_read_is_said_and_never_left_out():
    for policy in (UNKNOWN, "{", ["x"]):
        (said,) = permissions(Graph([resource(INLINE, {"role": "reader", "policy": policy}, name="p")]))
        assert said.actions[0].startswith("unreadable: ")
        assert said.resources == ("unknown",)


def test_a_pod_nobody_can_name_is_said_too():
    (said,) = permissions(Graph([resource(ASSOCIATION, {"namespace": UNKNOWN}, name="x")]))
    assert (said.identity, said.actions) == ("unknown identity", ("unreadable: namespace is not known yet",))


def test_attached_policies_are_read_where_they_are_ours_and_named_where_they_are_not():
    arn = f"{ACCOUNT}:policy/own"
    own = resource(
        "aws:iam/policy:Policy",
        {"name": "own", "policy": says(allow("sqs:*"))},
        name="own",
        outputs={"arn": arn},
    )
    ours = resource(ATTACHED, {"role": "a", "policyArn": arn}, name="1")
    aws = resource(ATTACHED, {"role": "b", "policyArn": "arn:aws:iam::aws:policy/X"}, name="2")
    assert [(p.identity, p.actions) for p in permissions(Graph([own, ours, aws]))] == [
        ("a", ("sqs:*",)),
        ("b", ("what arn:aws:iam::aws:policy/X allows (AWS keeps that document)",)),
    ]
