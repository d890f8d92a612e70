import json

import pytest

from policies.analysis.iam.statements import each, statements
from policies.engine.graph import UNKNOWN
from policies.engine.values import UndecidedError


def one(**parts):
    (statement,) = statements({"Statement": {"Effect": "Allow", "Action": "s3:Get*", **parts}})
    return statement


def test_one_statement_or_a_list_text_or_data_say_the_same():
    body = {"Sid": "It", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["a"]}
    for document in (
        {"Statement": body},
        {"Statement": [body]},
        json.dumps({"Statement": body}),
        {"Statement": {"sid": "It", "effect": "Allow", "ACTION": "s3:GetObject", "resource": "a"}},
    ):
        (found,) = statements(document)
        assert (found.name, found.allows, found.actions, found.resources) == (
            "It",
            True,
            ("s3:GetObject",),
            ("a",),
        )
    assert list(statements(None)) == []


@pytest.mark.parametrize(
    ("part", "document"),
    [
        ("allows", {"Effect": "allow", "Action": "s3:*"}),
        ("allows", {"Action": "s3:*"}),
        ("actions", {"Effect": "Allow"}),
        ("actions", {"Effect": "Allow", "Action": "s3:*", "NotAction": "s3:*"}),
        ("resources", {"Effect": "Allow", "Resource": "a", "NotResource": "b"}),
        ("resources", {"Effect": "Allow", "Resource": [UNKNOWN]}),
        ("actions", {"Effect": "Allow", "Action": [7]}),
        ("conditions", {"Effect": "Allow", "Condition": {"Equals": {"a": "b"}}}),
    ],
)
def test_a_part_that_iam_would_refuse_is_undecided_when_it_is_asked_for(part, document):
    (statement,) = statements({"Statement": document})
    with pytest.raises(UndecidedError):
        getattr(statement, part)


@pytest.mark.parametrize(
    "document",
    [
        UNKNOWN,
        "{",
        ["x"],
        "7",
        {"Version": "2012-10-17"},
        {"Statement": UNKNOWN},
        {"Statement": ["x"]},
        {"Statement": {"Effect": "Allow", "Actoin": "s3:*"}},
        {"Statement": {"Effect": "Allow", "Action": "a", "action": "b"}},
        '{"Statement": [], "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    ],
)
def test_a_malformed_document_is_undecided(document):
    with pytest.raises(UndecidedError):
        list(statements(document))


def test_what_cannot_be_read_hides_no_other_statement():
    document = {
        "Statement": ["x", {"Effect": "Allow", "Action": UNKNOWN}, {"Effect": "Allow", "Action": "s3:*"}]
    }
    seen = []
    with pytest.raises(UndecidedError, match=r"expected a mapping, got str$"):
        seen.extend(s.name for s in statements(document))
    answers = each(iter([one(Action=UNKNOWN), one(Sid="It")]), lambda s: s.actions)
    assert next(answers) == "s3:Get*"
    with pytest.raises(UndecidedError, match=r"Action is not known yet$"):
        next(answers)


@pytest.mark.parametrize(
    ("parts", "action", "resource", "is_about"),
    [
        ({"Resource": "a/*"}, "S3:GETOBJECT", "a/b", True),
        ({"Resource": "a/*"}, "s3:PutObject", "a/b", False),
        ({"Resource": "a/*"}, "s3:*", "a/b", False),
        ({"NotResource": "a/*"}, "s3:GetObject", "a/b", False),
        ({"NotResource": "a/*"}, "s3:GetObject", "*", False),
        ({"NotResource": "a/*"}, "s3:GetObject", "b", True),
        ({}, "s3:GetObject", "b", True),
    ],
)
def test_what_a_statement_is_about(parts, action, resource, is_about):
    statement = one(**parts)
    assert (statement.takes(action) and statement.is_on(resource)) is is_about


def test_not_action_is_about_all_else():
    (statement,) = statements({"Statement": {"Effect": "Allow", "NotAction": ["IAM:*"], "Resource": "*"}})
    assert statement.takes("s3:GetObject")
    assert not statement.takes("iam:PassRole")
    assert not statement.takes("*")


@pytest.mark.parametrize(
    ("principal", "is_open"),
    [
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": "*"}}, True),
        ({"Principal": {"AWS": ["arn:aws:iam::111122223333:root", "*"]}}, True),
        ({"Principal": {"*": "*"}}, True),
        ({"NotPrincipal": {"AWS": "arn:aws:iam::111122223333:root"}}, True),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, False),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, False),
    ],
)
def test_who_is_everybody(principal, is_open):
    assert one(**principal).is_for_everyone is is_open
