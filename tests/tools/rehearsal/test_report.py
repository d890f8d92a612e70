"""What a rehearsal came to, in words."""

import json

import pytest

from tools.rehearsal.engine import Operation, Run
from tools.rehearsal.report import Rehearsal, write
from tools.rehearsal.stages import StepFailedError, Steps

URN = "urn:pulumi:dev::slipway::aws:iam/role:Role::r"
ROLE = "aws:iam/role:Role"


def played(told):
    steps = Steps(told.append)
    with steps.step("act", "good") as step:
        step.ran(
            Run(
                command="pulumi up",
                code=0,
                seconds=2,
                operations=[Operation(op="create", urn=URN, seconds=1)],
            )
        )
        step.said = "create 1"
    with pytest.raises(StepFailedError), steps.step("act", "bad") as step:
        step.ran(Run(command="pulumi up", code=255, seconds=1, errors=["r: creating: no"]))
    return steps


def test_a_step_with_problems_fails_the_rehearsal_and_is_named(tmp_path):
    told = []
    steps = played(told)
    assert [line.partition(", ")[0] for line in told if ": ok" in line or ": NO" in line] == [
        "act: good: ok",
        "act: bad: NO",
    ]
    journal = [
        {"call": "create", "type": ROLE, "id": "r"},
        {"call": "create", "type": ROLE, "refused": "EntityAlreadyExists: r already exists"},
    ]
    rehearsal = Rehearsal(stack="dev", steps=steps.done, seconds=3, journal=journal)
    write(rehearsal, tmp_path)
    said = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert said["verdict"] == "failed"
    assert said["aws_calls"] == {ROLE: {"create": 1, "refused": 1}}
    assert said["aws_actions"] == {"iam:CreateRole": 1, "iam:TagRole": 1}
    assert [step["problems"] for step in said["steps"]] == [[], ["r: creating: no"]]
    page = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert page.startswith("# Rehearsal of `dev`: FAILED\n")
    assert "- bad: r: creating: no\n" in page


def test_nothing_played_is_no_pass():
    assert not Rehearsal(stack="dev", steps=[], seconds=0).ok
