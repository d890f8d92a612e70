import pytest

from policies.analysis.iam.conditions import parsed, required_keys
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError

ORG = "aws:PrincipalOrgID"
ARN = "aws:PrincipalArn"
SUB = "token.actions.githubusercontent.com:sub"
TAG = "aws:PrincipalTag/team"


def pinned(conditions):
    tests = list(parsed(conditions))
    return [t.key for t in tests if t.pins(required_keys(tests))]


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {ORG: "o-example"}},
        {"stringequals": {ORG.upper(): ["o-example"]}},
        {"StringLike": {ORG: "o-exa*"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-example/r-1/*"}},
        {"StringEqualsIfExists": {ORG: "o-example"}, "Null": {ORG: "false"}},
        {"ForAllValues:StringEquals": {ORG: "o-example"}, "Null": {ORG: False}},
        {"ArnLike": {ARN: "arn:aws:iam::111122223333:role/*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::models"}},
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "10.0.0.0/8"]}},
        {"StringLike": {SUB: "repo:example/models:*"}},
        {"StringEqualsIfExists": {"aws:RequestedRegion": "eu-central-1"}},
    ],
)
def test_a_condition_that_wants_certain_values_narrows(conditions):
    assert len(pinned(conditions)) == 1


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        {"StringLike": {ORG: "*"}},
        {"StringLike": {ORG: "?*"}},
        {"StringLike": {ORG: "o-*"}},
        {"StringLike": {ORG: ["o-example", "**"]}},
        {"StringLike": {"aws:PrincipalAccount": "????????????"}},
        {"StringEqualsIfExists": {ORG: "o-example"}},
        {"ForAllValues:StringEquals": {ORG: "o-example"}},
        {"StringNotEquals": {ORG: "o-example"}},
        {"Null": {ORG: "false"}},
        {"Null": {"aws:SecureTransport": "false"}},
        {"ArnLike": {ARN: "arn:aws:iam::*:role/reader"}},
        {"ArnEquals": {ARN: "arn:*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}},
        {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
        {"IpAddress": {"aws:SourceIp": "::/0"}},
        {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        {"StringLike": {SUB: "repo:*"}},
        {"StringLike": {SUB: "repo:*/models:ref:refs/heads/main"}},
        {"StringLike": {"oidc.eks.eu-central-1.amazonaws.com/id/A:sub": "system:serviceaccount:*:*"}},
    ],
)
def test_a_condition_that_everybody_meets_does_not(conditions):
    assert pinned(conditions) == []


@pytest.mark.parametrize(
    ("conditions", "message"),
    [
        ({"StringEqual": {ORG: "o-example"}}, "StringEqual is no operator"),
        ({"AnyValue:StringEquals": {ORG: "o-example"}}, "AnyValue:StringEquals is no operator"),
        ({"StringEquals": {ORG: UNKNOWN}}, f"{ORG} is not known yet"),
        ({"StringEquals": {ORG: [{"a": 1}]}}, "expected a text, got dict"),
        ({"StringEquals": ["o-example"]}, "expected a mapping, got list"),
    ],
)
def test_what_iam_would_refuse_or_nobody_knows_is_undecided(conditions, message):
    with pytest.raises(UndecidedError, match=f"{message}$"):
        list(parsed(conditions))


def test_a_range_that_is_none_is_undecided():
    with pytest.raises(UndecidedError, match=r"anywhere is no address range$"):
        pinned({"IpAddress": {"aws:SourceIp": "anywhere"}})


@pytest.mark.parametrize(
    ("conditions", "held"),
    [
        ({"StringEquals": {TAG: "models"}}, True),
        ({"StringEquals": {TAG: "Models"}}, False),
        ({"StringEqualsIgnoreCase": {TAG: "Models"}}, True),
        ({"StringNotEquals": {TAG: "models"}}, False),
        ({"StringLike": {TAG: "mod*"}}, True),
        ({"StringNotLike": {TAG: "mod*"}}, False),
        ({"Null": {TAG: "true"}}, False),
        ({"Null": {TAG: "false"}}, True),
        ({"StringEquals": {TAG: "${aws:PrincipalTag/team}"}}, True),
        ({"StringEquals": {TAG: "${aws:username}"}}, None),
        ({"StringEquals": {"s3:prefix": "a/"}}, None),
        ({"StringLike": {"s3:prefix": "*"}}, None),
        ({"StringLikeIfExists": {"s3:prefix": "*"}}, True),
        ({"ForAllValues:StringLike": {"aws:TagKeys": "*"}}, True),
        ({"StringLike": {"aws:UserAgent": "*"}}, True),
        ({"Null": {"aws:SecureTransport": "false"}}, True),
        ({"Null": {"aws:SecureTransport": "true"}}, False),
        ({"Null": {"aws:TokenIssueTime": "true"}}, None),
    ],
)
def test_a_condition_holds_as_far_as_the_session_is_known(conditions, held):
    (test,) = parsed(conditions)
    assert test.holds({"aws:principaltag/team": "models"}) is held
