import pytest

from policies.analysis.iam.callers import open_statements
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError

ORG = {"aws:PrincipalOrgID": "o-example"}


def says(sid, effect="Allow", **parts):
    return {
        "Sid": sid,
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": "a/*",
    } | parts


def is_open(*statements):
    return [s.name for s in open_statements({"Statement": list(statements)})]


ALL = {"Action": "s3:*", "Resource": ["a", "a/*"]}


@pytest.mark.parametrize(
    "refusal",
    [
        says("No", "Deny", Condition={"StringNotEquals": ORG}, **ALL),
        says("No", "Deny", Condition={"StringNotEqualsIfExists": ORG}, **ALL),
        says(
            "No",
            "Deny",
            Condition={"StringNotEquals": ORG, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
            **ALL,
        ),
        says("No", "Deny", Condition={"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, **ALL),
        says("No", "Deny", Condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, **ALL),
        {k: v for k, v in says("No", "Deny", **ALL).items() if k != "Principal"}
        | {"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}},
    ],
)
def test_a_refusal_of_strangers_closes_what_is_open_to_all(refusal):
    assert is_open(says("Read")) == ["Read"]
    assert is_open(says("Read"), refusal) == []
    assert is_open(refusal, says("Read")) == []


@pytest.mark.parametrize(
    "refusal",
    [
        says("No", "Deny", Condition={"Bool": {"aws:SecureTransport": "false"}}, **ALL),
        says("No", "Deny", Condition={"StringNotLike": {"aws:PrincipalOrgID": "*"}}, **ALL),
        says("No", "Deny", Condition={"StringNotEquals": ORG}, Action="s3:PutObject"),
        says("No", "Deny", Condition={"StringNotEquals": ORG}, Resource="b/*"),
        says("No", "Deny", Condition={"StringEquals": ORG}, **ALL),
        says(
            "No",
            "Deny",
            Condition={"StringNotEquals": ORG, "Bool": {"aws:SecureTransport": "false"}},
            **ALL,
        ),
        says("No", "Deny", Principal={"AWS": "arn:aws:iam::111122223333:root"}, **ALL),
    ],
)
def test_another_refusal_does_not(refusal):
    assert is_open(says("Read"), refusal) == ["Read"]


def test_what_is_open_is_told_before_what_cannot_be_read():
    found = open_statements({"Statement": [says("Read"), says("Other", Principal=UNKNOWN)]})
    assert next(found).name == "Read"
    with pytest.raises(UndecidedError, match=r"Principal is not known yet$"):
        next(found)
