"""Deprecation warns, sunset moves and takes down, revocation takes away at once."""

import asyncio
from dataclasses import replace

import pytest

from runtime.loops.contract import Statement
from runtime.loops.names import end_run
from runtime.loops.ports import UnavailableError
from tests.runtime.loops.examples import BOUNDS, END_OF_LIFE, V1, V2, rollout
from tests.runtime.loops.memory import Parts, figures

RUN = end_run("minilm", "v1")


@pytest.fixture
def end(runs):
    def run(parts, beside=None, **changes):
        async def test(environment):
            handle = await environment.client.start_workflow(
                "end-of-life", replace(END_OF_LIFE, **changes), id=RUN, task_queue="end-of-life"
            )
            if beside is not None:
                await beside(handle, environment)
            return await handle.result(), await handle.query("status")

        return runs(parts, ["end-of-life", "rollout"], test)

    return run


def parts_of(word="sunset", **shares):
    parts = Parts(**shares)
    parts.releases.known["v1"] = {"word": word, "record": V1.record}
    return parts


def test_on_its_day_callers_move_step_by_step_and_the_version_is_proposed_to_go(end):
    parts = parts_of(v1=100)
    outcome, _ = end(parts)
    assert outcome["result"] == "taken down"
    assert [shares["v2"] for shares in parts.shares.written] == [5, 25, 50, 100]
    assert parts.proposals.made[RUN, "minilm-v1: tear-down"] == {"model": "minilm", "remove": "v1"}


@pytest.mark.parametrize(("decision", "result"), [("approved", "taken down"), ("refused", "refused")])
def test_before_its_day_a_person_is_asked(end, decision, result):
    parts = parts_of(word="deprecated", v1=100)

    async def answer(handle, environment):
        await environment.sleep(60)
        said = Statement(
            run=RUN, question=1, decision=decision, who="ben@example.org", at="now", signature="good"
        )
        await handle.signal("decide", said)

    outcome, _ = end(parts, answer)
    assert outcome["result"] == result
    assert parts.events.told()[0] == ("decision", decision)
    assert parts.events.said[0]["decided_by"] == ["an-early-move-is-asked-for"]
    assert bool(parts.shares.written) == (decision == "approved")


def test_without_a_successor_callers_stay_and_people_are_called(end):
    parts = parts_of(v1=100)
    outcome, _ = end(parts, successor=None)
    assert (outcome["result"], outcome["reason"]) == ("refused", "no policy permits it")
    assert parts.events.told() == [("incident", "high")]
    assert parts.shares.written == []


def test_a_successor_that_is_bad_is_taken_back_and_callers_stay(end):
    parts = parts_of(v1=100)
    parts.figures.by_version["v2"] = figures(errors=300)
    outcome, _ = end(parts)
    assert outcome["result"] == "refused"
    assert outcome["reason"].startswith("rolled back: error-rate 0.3 above 0.02")
    assert parts.shares.read("minilm") == {"v1": 100, "v2": 0}
    assert parts.proposals.made == {}


def test_a_rollout_that_runs_already_is_not_disturbed(runs):
    parts = parts_of(v1=100)
    slow = rollout(bounds=replace(BOUNDS, hold_seconds=10.0**7))

    async def test(environment):
        client = environment.client
        other = await client.start_workflow("rollout", slow, id="rollout-minilm", task_queue="rollout")
        while parts.shares.read("minilm").get("v2") != 5:  # noqa: ASYNC110 a worker's thread writes them
            await asyncio.sleep(0.05)
        handle = await client.start_workflow("end-of-life", END_OF_LIFE, id=RUN, task_queue="end-of-life")
        outcome = await handle.result()
        await other.terminate()
        return outcome

    outcome = runs(parts, ["end-of-life", "rollout"], test)
    assert outcome["reason"] == "refused: rollout-minilm is running already"
    assert parts.shares.read("minilm") == {"v1": 95, "v2": 5}


def test_what_is_revoked_loses_its_traffic_at_once_and_what_it_answered_is_told(end):
    parts = parts_of(word="revoked", v1=80, v2=20)
    outcome, _ = end(parts, reason="revocation")
    assert (outcome["result"], outcome["verified"]) == ("taken away", True)
    assert parts.shares.written == [{"v2": 100, "v1": 0}]
    event = parts.events.said[0]
    assert event["decided_by"] == ["what-is-revoked-answers-nobody"]
    assert event["verdict"] == "revocation (it answered 1000 requests in the last 86400 seconds)"


def test_a_revocation_does_not_wait_for_prometheus(end):
    parts = parts_of(word="revoked", v1=80, v2=20)
    parts.figures.is_away = 10**6
    outcome, _ = end(parts, reason="revocation")
    assert (outcome["result"], outcome["verified"]) == ("taken away", False)
    assert parts.events.said[0]["verdict"].startswith("revocation (how much it answered is not known")


def test_without_a_revocation_nothing_is_revoked(end):
    parts = parts_of(word="approved", v1=80, v2=20)
    outcome, _ = end(parts, reason="revocation")
    assert outcome["result"] == "refused"
    assert parts.shares.written == []


def test_a_revoked_version_that_is_alone_calls_people(end):
    parts = parts_of(word="revoked", v1=100)
    outcome, status = end(parts, reason="revocation", successor=None)
    assert outcome["result"] == "refused"
    assert parts.events.told() == [("rollout", "refused"), ("incident", "critical")]
    assert status["lines"][-2].endswith(
        "no other version can answer: the stack file has to take it out, or give it a successor"
    )


@pytest.mark.parametrize("is_away", [False, True])
def test_a_deprecation_warns_with_what_is_still_called(end, is_away):
    parts = parts_of(word="deprecated", v1=100)
    if is_away:
        parts.figures.by_version["v1"] = lambda _: (_ for _ in ()).throw(UnavailableError("away"))
    outcome, _ = end(parts, reason="deprecation")
    assert outcome["result"] == "warned"
    assert parts.proposals.made[RUN, "minilm-v1: callers have to move"] == {
        "requests": None if is_away else 1000.0,
        "seconds": 86400.0,
        "successor": V2.version,
    }
    assert parts.shares.written == []
