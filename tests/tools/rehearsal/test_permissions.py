"""What the deploy role was used for, and when things came into being."""

import json

from tools.rehearsal.engine import Operation, Run
from tools.rehearsal.permissions import compared, granted, used
from tools.rehearsal.stages import Step
from tools.rehearsal.timeline import Bar, timeline

QUEUE = "aws:sqs/queue:Queue"


def test_calls_of_a_journal_are_counted_and_refused_ones_are_not() -> None:
    journal = [
        {"call": "create", "type": QUEUE},
        {"call": "read", "type": QUEUE},
        {"call": "read", "type": QUEUE},
        {"call": "create", "type": QUEUE, "refused": "QueueNameExists"},
    ]
    found = used(journal)
    assert found["sqs:CreateQueue"] == 1
    assert found["sqs:GetQueueAttributes"] == 2


def test_what_is_used_and_not_granted_is_named(tmp_path) -> None:
    statement = {"Effect": "Allow", "Action": ["sqs:CreateQueue", "sqs:DeleteQueue"], "Resource": ["*"]}
    denied = {"Effect": "Deny", "Action": "sqs:PurgeQueue", "Resource": ["*"]}
    said = {"deploy": [{"Version": "2012-10-17", "Statement": [statement, denied]}]}
    (tmp_path / "dev.json").write_text(json.dumps(said), encoding="utf-8")
    found = compared(["sqs:CreateQueue", "sqs:PurgeQueue"], granted("dev", tmp_path))
    assert found.used == ("sqs:CreateQueue", "sqs:PurgeQueue")
    assert found.not_granted == ("sqs:PurgeQueue",)
    assert found.not_used == ("sqs:DeleteQueue",)


def test_a_stack_without_a_derived_policy_is_granted_nothing(tmp_path) -> None:
    assert granted("other", tmp_path) == frozenset()


def made(component: str, name: str, seconds: float, ended: float) -> Operation:
    urn = f"urn:pulumi:dev::slipway::slipway:{component}$aws:sqs/queue:Queue::{name}"
    return Operation(op="create", urn=urn, seconds=seconds, ended=ended)


def test_the_longest_up_of_an_act_is_drawn_by_component() -> None:
    first = Run(
        command="pulumi up --yes",
        code=0,
        seconds=9,
        operations=[
            made("Network", "a", 2, 1002),
            made("Network", "b", 1, 1004),
            made("Cluster", "c", 5, 1009),
        ],
    )
    second = Run(command="pulumi up --yes", code=0, seconds=1, operations=[made("Network", "z", 1, 2000)])
    assert timeline([Step("cluster", "up", runs=[first]), Step("cluster", "again", runs=[second])]) == [
        Bar(act="cluster", component="Network", made=2, begun=0.0, ended=4.0),
        Bar(act="cluster", component="Cluster", made=1, begun=4.0, ended=9.0),
    ]
