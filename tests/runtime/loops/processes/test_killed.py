"""Workers that are killed in every state, twice: nothing is lost, nothing is done twice."""

import fcntl
import os
import time

import pytest

from tests.runtime.loops.processes.stack import until

WALK = [("rollout", "step")] * 3 + [("rollout", "promotion")]


def begin(stack):
    stack.command("rollout", "minilm", "v1", "v2", "--key", str(stack.root / "ana.pem"))


def test_a_rollout_goes_on_wherever_its_worker_is_killed(stack):
    worker = stack.start("rollout")
    begin(stack)
    twice = stack.command("rollout", "minilm", "v1", "v2", "--key", str(stack.root / "ben.pem"), ok=2)
    assert twice.startswith("rollout-minilm is running already; slipway runs rollout-minilm shows it")
    for share in (5, 25, 50, 100):
        until(lambda share=share: stack.share() == share, f"{share} per cent")
        for _ in range(2):
            stack.kill(worker)
            worker = stack.start("rollout")
    until(lambda: stack.status("rollout-minilm")["state"] == "promoted", "the end")
    assert stack.told() == WALK
    assert [e["after"]["v2"] for e in stack.events()] == [5, 25, 50, 100]
    assert [e["step"] for e in stack.events()] == [0, 1, 2, 3]
    assert len(list((stack.root / "proposals").glob("*.yaml"))) == 1


def test_a_rollback_goes_on_wherever_its_worker_is_killed(stack):
    worker = stack.start("rollout")
    stack.prometheus.errors["v2"] = 0.5
    stack.prometheus.errors["v1"] = 0.5
    begin(stack)
    until(lambda: stack.share() == 5, "the first step")
    until(lambda: stack.share() == 0, "taken back")
    for _ in range(2):  # while it looks whether figures show it
        stack.kill(worker)
        worker = stack.start("rollout")
    stack.prometheus.errors["v1"] = 0.0
    until(lambda: ("rollout", "rollback") in stack.told(), "the event")
    assert stack.told() == [("rollout", "step"), ("rollout", "rollback")]
    assert stack.events()[-1]["verified"] is True


def test_a_remedy_that_waits_for_a_person_waits_on(stack):
    stack.command("check")
    worker = stack.start("remedy")
    stack.start("rollout")
    begin(stack)
    until(lambda: stack.share() == 5, "a canary")
    receiver = stack.receive()
    receiver.alert("ErrorBudgetBurnFast", version="v1")
    until(lambda: stack.status("remedy-minilm-v1")["asked"], "the question")
    for _ in range(2):
        stack.kill(worker)
        worker = stack.start("remedy")
    said = stack.command("refuse", "remedy-minilm-v1", "--key", str(stack.root / "ben.pem"))
    stack.kill(worker)
    assert said.startswith("ben@example.com refused remedy-minilm-v1: take 95 per cent away from minilm-v1")
    worker = stack.start("remedy")
    until(lambda: stack.told("v1") == [("decision", "refused")], "the decision")
    assert stack.events("v1")[0]["who"] == "ben@example.com"
    assert stack.share("v1") > 0


@pytest.mark.parametrize("where", ["set-shares", "append"])
def test_a_worker_that_dies_inside_an_act_does_not_do_it_twice(stack, where):
    worker = stack.start("rollout")
    (stack.root / "releases" / ".events.lock").touch()
    lock = os.open(stack.root / "releases" / ".events.lock", os.O_RDWR)
    if where == "append":
        fcntl.flock(lock, fcntl.LOCK_EX)
    else:
        stack.prometheus.slow = 3.0
    begin(stack)
    for _ in range(2):
        if where == "append":
            until(lambda: stack.share() == 5, "shares are written")
            time.sleep(1)
        else:
            asked = stack.prometheus.asked
            until(lambda asked=asked: stack.prometheus.asked > asked, "the budget is read")
        stack.kill(worker)
        worker = stack.start("rollout")
    os.close(lock)
    stack.prometheus.slow = 0.0
    until(lambda: ("rollout", "step") in stack.told(), "the first event", 150)
    until(lambda: stack.share() >= 25, "the second step")
    assert [e["after"]["v2"] for e in stack.events()][:1] == [5]
    assert stack.told().count(("rollout", "step")) <= 3
