"""Which accounts a graph is in, as far as anything tells."""

import pytest

from policies.analysis.iam.accounts import homes, whole_account
from policies.engine.graph import Graph
from tests.policies.cases import resource

HERE, THERE = "111122223333", "444455556666"
BUCKET = f"arn:aws:s3:eu-central-1:{HERE}:accesspoint/a"


def policy(**statement):
    return {"Statement": {"Effect": "Allow", "Action": "*", "Resource": BUCKET} | statement}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], set()),
        ([resource("aws:sns/topic:Topic", {}, id=f"arn:aws:sns:eu-central-1:{HERE}:t")], {HERE}),
        (
            [
                resource(
                    "aws:sqs/queuePolicy:QueuePolicy", {"queueUrl": f"https://sqs.x.amazonaws.com/{HERE}/q"}
                )
            ],
            {HERE},
        ),
        ([resource("pulumi:providers:aws", {"allowedAccountIds": f'["{HERE}"]'})], {HERE}),
        ([resource("pulumi:providers:aws", {"allowedAccountIds": [HERE]})], {HERE}),
        ([resource("x", {"policy": policy(Principal={"AWS": f"arn:aws:iam::{THERE}:root"})})], {HERE}),
        ([resource("x", {"policy": policy()})], set()),  # of an identity: it may be for anybody's resource
        ([resource("x", {"policy": {"Statement": {"Principal": 1}}})], set()),
        ([resource("x", {"a": f"arn:aws:iam::{HERE}:role/a", "b": f"arn:aws:iam::{THERE}:role/b"})], set()),
        ([resource("x", {"a": [f"arn:aws:iam::{HERE}:role/a"]})], {HERE}),
    ],
)
def test_an_account_is_known_where_something_tells(found, expected):
    assert homes(Graph(found)) == expected


def test_an_account_as_a_whole_is_its_root_or_its_number():
    assert whole_account(f"arn:aws:iam::{HERE}:root") == whole_account(HERE) == HERE
    assert whole_account(f"arn:aws:iam::{HERE}:role/a") == whole_account("*") == ""
