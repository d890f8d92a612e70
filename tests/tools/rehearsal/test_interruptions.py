"""What makes a step of interruptions red: nothing to cut off, an engine that does not say it, a state that differs."""

from types import SimpleNamespace

import pytest

from tools.rehearsal.account.faults import Point
from tools.rehearsal.engine import Run
from tools.rehearsal.interruptions import INTERRUPTIONS, KILLS, play
from tools.rehearsal.stages import StepFailedError, Steps

ORPHAN = "aws:kms/key:Key k: the account has it, and the state knows nothing of it"


class Played:
    """A stage on which every ``up`` ends with these errors; the disk cannot be mounted."""

    def __init__(self, errors, *, reached=True, differs=()):
        self.points, self.reached, self.differs = [], reached, list(differs)
        self.faults = SimpleNamespace(
            set=self.points.append, clear=lambda: None, is_reached=lambda: self.reached
        )
        run = Run(command="up", code=1, seconds=1, errors=errors)
        self.engine = SimpleNamespace(run=lambda *_, **__: run)
        self.records = []

    def settings(self, _name):
        return {"platform": {}}

    def write_settings(self, _name, settings):
        self.written = settings

    def differences(self):
        return self.differs


def played(stage):
    steps = Steps(lambda _text: None)
    with pytest.raises(StepFailedError):
        play(stage, SimpleNamespace(name="dev"), steps)
    return steps.done[-1]


def test_an_up_with_nothing_left_to_make_proves_nothing():
    stage = Played(["x"], reached=False)
    assert played(stage).problems == ["nothing was left to make", "x"]
    assert stage.written["platform"] == {"lifecycle": "disposable"}


def test_an_engine_that_does_not_say_why_it_ended():
    assert played(Played(["something else"])).problems == [
        "the engine does not say ThrottlingException",
        "something else",
    ]


def test_a_thing_that_is_in_no_state():
    step = played(Played(["key: ThrottlingException: Rate exceeded"], differs=[ORPHAN]))
    assert (step.name, step.problems) == ("AWS throttles, and goes on throttling", [ORPHAN])


def test_every_way_is_cut_before_the_last_of_what_is_made():
    assert KILLS == 20
    assert [(one.point.then, one.point.when) for one in INTERRUPTIONS] == [
        ("throttle", "before"), ("half", "after"), ("crash", "before"), ("crash", "after")
    ]  # fmt: skip
    assert {one.point.number for one in INTERRUPTIONS} == {2}
    assert Point(when="after").then == "stop"
