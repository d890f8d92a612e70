"""What an identity may do in the end; the same is asked of documents that say the same in other words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.analysis.iam.effective import grants, may
from policies.analysis.iam.identities import ASSOCIATION, POLICY, ROLE, identities
from policies.analysis.iam.sessions import workloads
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.cases import resource
from tools.many_documents import answer, roles

INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHED = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
ACCOUNT = "arn:aws:iam::111122223333"
MODELS = "arn:aws:s3:::models"
TAGGED = f"{MODELS}/${{aws:PrincipalTag/kubernetes-service-account}}/*"


def allow(action="s3:GetObject", on=f"{MODELS}/*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def deny(action="s3:GetObject", on="*", **more):
    return allow(action, on, **more) | {"Effect": "Deny"}


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def role(**inputs):
    arn = f"{ACCOUNT}:role/reader"
    return resource(ROLE, {"name": "reader", **inputs}, name="role", outputs={"arn": arn})


def inline(*statements, name="inline"):
    return resource(INLINE, {"role": "reader", "policy": document(*statements)}, name=name)


def managed(*statements, name="managed"):
    return resource(POLICY, {"name": name, "policy": document(*statements)}, name=name)


def attached(arn, name="attachment"):
    return resource(ATTACHED, {"role": "reader", "policyArn": arn}, name=name)


def of(*resources):
    (found,) = identities(Graph(resources))
    return found


def reader(*statements):
    return of(role(), inline(*statements))


@pytest.mark.parametrize(
    ("statements", "action", "on", "answer"),
    [
        ([allow()], "s3:GetObject", f"{MODELS}/a", "yes"),
        ([allow()], "S3:GETOBJECT", f"{MODELS}/a", "yes"),
        ([allow()], "s3:PutObject", f"{MODELS}/a", "no"),
        ([allow()], "s3:GetObject", "arn:aws:s3:::payloads/a", "no"),
        ([allow(["s3:G?tObject"])], "s3:GetObject", f"{MODELS}/a", "yes"),
        ([allow("*", "*"), deny()], "s3:GetObject", f"{MODELS}/a", "no"),
        ([allow("*", "*"), deny("S3:get*")], "s3:GetObject", f"{MODELS}/a", "no"),
        ([allow("*", "*"), deny(on=f"{MODELS}/b")], "s3:GetObject", f"{MODELS}/a", "yes"),
        (
            [allow("*", "*"), deny(Condition={"StringEquals": {"s3:prefix": "a"}})],
            "s3:GetObject",
            f"{MODELS}/a",
            "depends",
        ),
        ([allow(Condition={"StringEquals": {"s3:prefix": "a"}})], "s3:GetObject", f"{MODELS}/a", "depends"),
        ([allow(Condition={"StringLikeIfExists": {"s3:prefix": "*"}})], "s3:GetObject", f"{MODELS}/a", "yes"),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            "s3:GetObject",
            f"{MODELS}/a",
            "yes",
        ),
        (
            [{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}],
            "iam:PassRole",
            f"{ACCOUNT}:role/a",
            "no",
        ),
        (
            [{"Effect": "Allow", "Action": "s3:*", "NotResource": f"{MODELS}/*"}],
            "s3:GetObject",
            f"{MODELS}/a",
            "no",
        ),
        (
            [allow("*", "*"), {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}],
            "iam:PassRole",
            f"{ACCOUNT}:role/a",
            "no",
        ),
        (
            [allow("*", "*"), {"Effect": "Deny", "Action": "s3:*", "NotResource": f"{MODELS}/*"}],
            "s3:GetObject",
            "arn:aws:s3:::payloads/a",
            "no",
        ),
        ([], "s3:GetObject", f"{MODELS}/a", "no"),
    ],
)
def test_one_thing_may_be_done_or_not(statements, action, on, answer):
    assert may(reader(*statements), action, on) == answer


def test_documents_are_merged_and_a_refusal_in_any_of_them_counts():
    arn = f"{ACCOUNT}:policy/managed"
    both = (role(), inline(allow("*", "*")), managed(deny("s3:Put*")), attached(arn))
    assert may(of(*both), "s3:PutObject", f"{MODELS}/a") == "no"
    assert may(of(*both), "s3:GetObject", f"{MODELS}/a") == "yes"
    by_edge = resource(
        ATTACHED,
        {"role": UNKNOWN, "policyArn": UNKNOWN},
        property_dependencies={
            "role": frozenset({role().urn}),
            "policyArn": frozenset({managed().urn}),
        },
    )
    assert may(of(role(), managed(allow()), by_edge), "s3:GetObject", f"{MODELS}/a") == "yes"
    inlined = role(inlinePolicies=[{"policy": document(allow())}], managedPolicyArns=[arn])
    assert may(of(inlined, managed(deny("s3:Put*"))), "s3:GetObject", f"{MODELS}/a") == "yes"
    nodes = of(role(), attached("arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"))
    assert may(nodes, "eks:DescribeCluster", "*") == "yes"


def test_a_boundary_bounds_and_grants_nothing():
    bounded = role(permissionsBoundary=f"{ACCOUNT}:policy/boundary")
    boundary = managed(allow("s3:Get*", "*"), deny("s3:GetObjectAcl"), name="boundary")
    identity = of(bounded, boundary, inline(allow("s3:*", f"{MODELS}/*")))
    assert may(identity, "s3:GetObject", f"{MODELS}/a") == "yes"
    assert may(identity, "s3:GetObject", "arn:aws:s3:::payloads/a") == "no"
    assert may(identity, "s3:PutObject", f"{MODELS}/a") == "no"
    assert may(identity, "s3:GetObjectAcl", f"{MODELS}/a") == "no"
    assert [(g.action, g.resource, g.but_not) for g in grants(identity)] == [
        ("s3:Get*", f"{MODELS}/*", ("s3:GetObjectAcl",))
    ]


def pods(**inputs):
    said = {
        "namespace": "models",
        "serviceAccount": "a",
        "clusterName": "c",
        "roleArn": f"{ACCOUNT}:role/reader",
    }
    return resource(ASSOCIATION, said | inputs, name="pods")


def test_a_pod_is_told_from_others_by_its_tags():
    (pod,) = workloads(Graph([role(), inline(allow(on=TAGGED)), pods()]))
    assert pod.name == "models/a"
    assert may(pod, "s3:GetObject", f"{MODELS}/a/weights") == "yes"
    assert may(pod, "s3:GetObject", f"{MODELS}/ab/weights") == "no"
    assert [g.resource for g in grants(pod)] == [f"{MODELS}/a/*"]
    assert may(reader(allow(on=TAGGED)), "s3:GetObject", f"{MODELS}/ab/weights") == "yes"


def test_a_session_policy_is_one_more_bound_and_takes_the_tags_place():
    (pod,) = workloads(
        Graph([role(), inline(allow("s3:*")), pods(policy=document(allow("s3:GetObject", f"{MODELS}/a/*")))])
    )
    assert may(pod, "s3:GetObject", f"{MODELS}/a/weights") == "yes"
    assert may(pod, "s3:GetObject", f"{MODELS}/b/weights") == "no"
    assert may(pod, "s3:PutObject", f"{MODELS}/a/weights") == "no"


def test_what_cannot_be_read_is_said():
    unreadable = resource(INLINE, {"role": "reader", "policy": UNKNOWN}, name="inline")
    assert of(role(), unreadable).missing == ("inline is not known yet",)
    assert of(role(), attached("arn:aws:iam::aws:policy/X")).elsewhere == ("arn:aws:iam::aws:policy/X",)
    assert of(role(), attached(UNKNOWN)).missing == ("policyArn is not known yet",)


def test_members_of_a_group_may_what_the_group_may():
    user = resource("aws:iam/user:User", {"name": "ci"}, name="user")
    member = resource("aws:iam/userGroupMembership:UserGroupMembership", {"user": "ci", "groups": ["ops"]})
    policy = resource("aws:iam/groupPolicy:GroupPolicy", {"group": "ops", "policy": document(allow())})
    found = {i.name: i for i in identities(Graph([user, member, policy]))}
    assert may(found["ci"], "s3:GetObject", f"{MODELS}/a") == "yes"


ACTIONS = st.sampled_from(
    ["s3:GetObject", "s3:Get*", "s3:*", "*", "S3:PUTOBJECT", "iam:PassRole", "kms:Decrypt"]
)
ON = st.sampled_from([f"{MODELS}/*", "*", f"{MODELS}/a", "arn:aws:s3:::payloads/*"])
STATEMENTS = st.lists(
    st.builds(
        lambda actions, on, effect: {"Effect": effect, "Action": actions, "Resource": on},
        st.lists(ACTIONS, min_size=1, max_size=3),
        st.lists(ON, min_size=1, max_size=2),
        st.sampled_from(["Allow", "Allow", "Deny"]),
    ),
    min_size=1,
    max_size=4,
)
ASKED = [
    (action, on)
    for action in ("s3:GetObject", "s3:PutObject", "iam:PassRole", "kms:Decrypt", "sqs:SendMessage")
    for on in (f"{MODELS}/a", f"{MODELS}/b", "arn:aws:s3:::payloads/a", f"{ACCOUNT}:role/x")
]


def answers(identity):
    return [may(identity, action, on) for action, on in ASKED]


def split(statements):
    """Each action on each resource in a statement of its own, in documents of their own."""
    parts = [
        {**s, "Action": action, "Resource": on}
        for s in statements
        for action in s["Action"]
        for on in s["Resource"]
    ]
    return of(role(), *(inline(part, name=f"inline-{i}") for i, part in enumerate(parts)))


@given(STATEMENTS)
def test_other_spellings_give_the_same_answers(statements):
    said = answers(reader(*statements))
    shouted = [{**s, "Action": [a.upper() for a in s["Action"]]} for s in statements]
    starred = [{**s, "Action": [a.replace("*", "**") for a in s["Action"]]} for s in statements]
    doubled = [{**s, "Resource": [r.replace("*", "**") for r in s["Resource"]]} for s in statements]
    assert answers(reader(*shouted)) == said
    assert answers(reader(*starred)) == said
    assert answers(reader(*doubled)) == said
    assert answers(reader(*reversed(statements))) == said
    assert answers(split(statements)) == said


@given(STATEMENTS)
def test_what_is_listed_is_what_is_answered(statements):
    """Every permission lies within a listed grant, and what no grant covers is refused."""
    identity = reader(*statements)
    listed = grants(identity)
    for action, on in ASKED:
        within = grants(identity, action, on)
        assert bool(within) == (may(identity, action, on) == "yes")
        if within:
            assert listed


@given(st.lists(st.sampled_from(["s3:*", "iam:*", "kms:Decrypt"]), min_size=1, max_size=3, unique=True))
def test_not_action_is_everything_less_a_refusal(left_out):
    by_not = reader({"Effect": "Allow", "NotAction": left_out, "Resource": "*"})
    by_refusal = reader(allow("*", "*"), deny(left_out))
    assert answers(by_not) == answers(by_refusal)
    only = reader(allow("*", "*"), {"Effect": "Deny", "NotAction": left_out, "Resource": "*"})
    assert answers(only) == answers(reader(allow(left_out, "*")))


def test_many_roles_are_told_apart():
    said = answer(roles(40))
    assert (said.count("yes"), said.count("no")) == (39, 1)
