"""What a stack file may say of a boundary that somebody else made, and that nothing of it is made."""

import json
from dataclasses import replace

import pytest

from components.identity.existing_boundary import (
    AdoptedBoundary,
    AdoptedBoundaryArgs,
    BoundarySettings,
    ExistingBoundary,
)

ARN = "arn:aws:iam::111122223333:policy/acme/teams"
ALLOWS = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [ALLOWS]}


def told(**more):
    return ExistingBoundary.model_validate({"arn": ARN, "document": DOCUMENT} | more)


def test_its_document_stands_where_rules_read_it_and_nothing_is_made(deploy):
    settings = BoundarySettings(existing=told())
    made = deploy(lambda: AdoptedBoundary("boundary", AdoptedBoundaryArgs(settings=settings)))
    assert made.children("boundary") == []
    said = made.only("slipway:identity:AdoptedBoundary").inputs
    assert (said["arn"], json.loads(said["policy"])) == (ARN, DOCUMENT)


@pytest.mark.parametrize("statements", [[ALLOWS], ALLOWS])
def test_one_statement_may_stand_without_a_list(statements):
    assert json.loads(told(document={"Statement": statements}).text) == {"Statement": statements}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"arn": "arn:aws:iam::aws:policy/PowerUserAccess"}, "String should match pattern"),
        ({"arn": "arn:aws:iam::111122223333:role/x"}, "String should match pattern"),
        ({"document": {}}, r"Statement: should be a list of statements \(got None\)"),
        ({"document": {"Statement": []}}, r"should be a list of statements \(got \[\]\)"),
        ({"document": {"Statement": ["x"]}}, r"Statement\[0\].Effect: should be Allow or Deny \(got 'x'\)"),
        (
            {"document": {"Statement": [{**ALLOWS, "Effect": "Deny"}]}},
            "no statement allows anything, so no role could do anything",
        ),
        (
            {"document": {"Statement": [{**ALLOWS, "Sid": "x" * 6144}]}},
            r"IAM keeps 6,144 characters at most \(got 6,2\d\d\)",
        ),
    ],
)
def test_what_is_no_boundary_is_refused(more, said):
    with pytest.raises(ValueError, match=said):
        told(**more)


def test_names_are_those_of_the_policy_that_is_there(names):
    theirs = replace(names, adopted_boundary=ARN)
    assert (names.boundary, names.boundary_arn) == (
        "example-test-boundary",
        "arn:aws:iam::111122223333:policy/example-test-boundary",
    )
    assert (theirs.boundary, theirs.boundary_arn) == ("teams", ARN)
