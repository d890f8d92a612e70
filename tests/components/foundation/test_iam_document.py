"""Documents say what IAM reads, and refuse what nobody should grant. Mocks cannot prove that IAM accepts them."""

import json
import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.foundation.iam_document import Statement, document, pod_identity_trust, service_trust

BUCKET = "arn:aws:s3:::example-test-models"
EVERY_ACTION = ("s3:GetObject", "s3:PutBucketPolicy", "iam:CreateUser", "ec2:RunInstances", "s3:ListBucket")


def statement(**overrides):
    given_ = {"sid": "Read", "actions": ["s3:GetObject"], "resources": [f"{BUCKET}/*"]}
    return Statement(**(given_ | overrides))


def test_a_statement_is_rendered_in_one_order_whatever_order_it_was_written_in():
    wide = statement(
        actions=["s3:PutObject", "s3:GetObject"],
        resources=[f"{BUCKET}/b", f"{BUCKET}/a"],
        principals={"Service": ["z.amazonaws.com", "a.amazonaws.com"], "AWS": ["111122223333"]},
        conditions={"StringLike": {"s3:prefix": ["b", "a"]}, "Bool": {"aws:SecureTransport": "true"}},
    )

    assert json.dumps(wide.render()) == json.dumps(
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Principal": {"AWS": ["111122223333"], "Service": ["a.amazonaws.com", "z.amazonaws.com"]},
            "Resource": [f"{BUCKET}/a", f"{BUCKET}/b"],
            "Condition": {"Bool": {"aws:SecureTransport": "true"}, "StringLike": {"s3:prefix": ["a", "b"]}},
        }
    )


@pytest.mark.parametrize(
    "action", ["*", "s3:*", "s3:**", "s3:?*", "*:*", "s?:Get*", "s3:G*", "S3:*", "s3:Get*Object"]
)
def test_no_permission_is_wider_than_a_verb(action):
    with pytest.raises(ValueError, match=re.escape(f"Read: action {action!r} is not one action")):
        statement(actions=[action])


@pytest.mark.parametrize("action", ["s3:GetObject", "ec2:Describe*", "elasticloadbalancing:Add*"])
def test_an_action_or_all_of_a_verb_is_fine(action):
    assert statement(actions=[action]).render()["Action"] == [action]


@given(action=st.text(alphabet="s3:*?GetObject", max_size=12))
def test_no_text_gets_a_whole_service_through(action):
    """Whatever is accepted matches, as IAM would match it, at most the actions of one verb."""
    try:
        statement(actions=[action])
    except ValueError:
        return
    reached = [known for known in EVERY_ACTION if fnmatchcase(known.lower(), action.lower())]
    assert len({re.match(r"[a-z0-9]+:[A-Z][a-z]+", known).group() for known in reached}) <= 1
    assert re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9]{3,}\*?", action)


@pytest.mark.parametrize(
    "resource",
    ["*", "arn:aws:s3:::*", "arn:aws:iam::*:*", "arn:aws:iam::*", "arn:aws:ec2:eu-central-1:*:*/*"],
)
def test_a_resource_that_reaches_everything_needs_its_reason(resource):
    with pytest.raises(ValueError, match=re.escape(f"Read: resource {resource!r} needs a reason")):
        statement(resources=[resource])

    assert statement(resources=[resource], unscoped_because="listing has no resource level").resources == [
        resource
    ]


def test_a_resource_of_one_kind_needs_none():
    assert statement(resources=["arn:aws:kms:eu-central-1:111122223333:key/*"]).unscoped_because is None


def test_a_refusal_may_be_as_wide_as_it_likes():
    assert statement(effect="Deny", actions=["s3:*"], resources=["*"]).render() == {
        "Sid": "Read",
        "Effect": "Deny",
        "Action": ["s3:*"],
        "Resource": ["*"],
    }


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sid": "read-own"}, "'read-own': a statement's id has letters and digits only"),
        ({"actions": []}, "Read: names no action"),
        ({"resources": []}, "Read: names neither resources nor principals"),
        ({"resources": "arn:aws:s3:::b"}, "Read: resource 'a' is no ARN"),
        ({"actions": "s3:GetObject"}, "Read: action 's' is not one action"),
    ],
)
def test_what_iam_would_refuse_is_refused_here(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        statement(**wrong)


def test_a_document_has_statements_with_ids_of_their_own():
    with pytest.raises(ValueError, match=re.escape("(got ['Read', 'Read'])")):
        document(statement(), statement())
    with pytest.raises(ValueError, match=re.escape("(got [])")):
        document()


def test_a_service_is_trusted_under_the_conditions_given():
    assert json.loads(
        service_trust("ec2.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "111122223333"}})
    ) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Service",
                "Effect": "Allow",
                "Action": ["sts:AssumeRole"],
                "Principal": {"Service": ["ec2.amazonaws.com"]},
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            }
        ],
    }


def test_pods_are_trusted_by_cluster_namespace_and_account(names):
    assert json.loads(pod_identity_trust(names, ["models"], ["minilm-v1"]))["Statement"] == [
        {
            "Sid": "PodIdentity",
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"Service": ["pods.eks.amazonaws.com"]},
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-arn": "arn:aws:eks:eu-central-1:111122223333:cluster/example-test",
                    "aws:RequestTag/kubernetes-namespace": ["models"],
                    "aws:RequestTag/kubernetes-service-account": ["minilm-v1"],
                    "aws:SourceAccount": "111122223333",
                }
            },
        }
    ]


def test_a_role_of_no_namespace_is_refused(names):
    with pytest.raises(ValueError, match="a pod's role names at least one namespace"):
        pod_identity_trust(names, [])
