"""Windows of signals: quiet, few, drifting, unknown; and what each remedy does."""

import random
from dataclasses import replace

import pytest

from runtime.loops.contract import Statement
from runtime.loops.ports import UnavailableError
from runtime.loops.requests import Signal
from tests.runtime.loops.examples import BOUNDS, DIGEST, DRIFT, V1, V2
from tests.runtime.loops.memory import Parts
from tests.runtime.loops.statistics.test_drift import lengths

CHANCE = random.Random(5)  # noqa: S311 a seed makes every run the same
REFERENCE = lengths(CHANCE, 4000)
SAME = [lengths(CHANCE, 1000) for _ in range(4)]
OTHER = lengths(CHANCE, 1000, centre=4.6)
FEW = lengths(CHANCE, 100, centre=4.6)
SIGNAL = Signal(
    name="input-tokens", statistic="psi", reference=DIGEST, false_alarms=0.001, minimum_samples=500
)
RUN = "drift-minilm"


@pytest.fixture
def look(runs):
    def run(parts, answered, beside=None, **changes):
        parts.references.known[DIGEST] = REFERENCE
        answers = iter(answered)

        def answer():
            found = next(answers, answered[-1])
            if isinstance(found, Exception):
                raise found
            return found

        parts.figures.histograms["input-tokens"] = answer
        request = replace(DRIFT, signals=(SIGNAL,), **{"windows": len(answered), **changes})

        async def test(environment):
            handle = await environment.client.start_workflow("drift", request, id=RUN, task_queue="drift")
            if beside is not None:
                await beside(handle, environment)
            return await handle.result(), await handle.query("status")

        return runs(parts, ["drift"], test)

    return run


def test_traffic_that_did_not_change_is_quiet(look):
    parts = Parts(v1=100)
    outcome, _ = look(parts, SAME)
    assert (outcome["result"], outcome["reason"]) == ("looked", "quiet")
    assert parts.events.said == []


def test_few_samples_say_nothing(look):
    parts = Parts(v1=100)
    assert look(parts, [FEW, FEW])[0]["reason"] == "quiet"
    assert parts.events.said == []


def test_what_drifts_is_told_once_until_it_was_quiet_again(look):
    parts = Parts(v1=100)
    outcome, _ = look(parts, [SAME[0], OTHER, OTHER, SAME[1], OTHER])
    assert outcome["reason"] == "input-tokens"
    assert parts.events.told() == [("drift", None)] * 2
    event = parts.events.said[0]
    assert event["who"] == "slipway-drift@dev"
    assert (event["signal"], event["remedy"], event["samples"]) == ("input-tokens", "alert", 1000)
    assert event["value"] > event["threshold"]
    assert event["decided_by"] == ["drift-opens-a-ticket-or-an-incident"]


def test_a_ticket_for_retraining_is_data_for_people(look):
    parts = Parts(v1=100)
    look(parts, [OTHER], then="retraining-ticket")
    assert [title for _, title in parts.proposals.made] == ["minilm-v1: retraining"]


def test_an_incident_is_opened(look):
    parts = Parts(v1=100)
    look(parts, [OTHER], then="incident")
    assert parts.events.told() == [("drift", None), ("incident", "high")]


@pytest.mark.parametrize(
    ("decision", "shares"), [("approved", {"v1": 100, "v2": 0}), ("refused", {"v1": 80, "v2": 20})]
)
def test_less_traffic_waits_for_a_person(look, decision, shares):
    parts = Parts(v1=80, v2=20)

    async def answer(handle, environment):
        await environment.sleep(4000)
        said = Statement(
            run=RUN, question=1, decision=decision, who="ben@example.org", at="now", signature="good"
        )
        await handle.signal("decide", said)

    look(parts, [OTHER], answer, then="less-traffic", release=V2)
    assert parts.shares.read("minilm") == shares
    assert parts.events.told()[:2] == [("drift", None), ("decision", decision)]


@pytest.mark.parametrize(
    ("word", "shares", "told"),
    [
        ("approved", {"v1": 60, "v2": 0, "v3": 40}, ("rollout", "take-away")),
        ("revoked", {"v1": 60, "v2": 25, "v3": 15}, ("rollout", "refused")),
    ],
)
def test_a_drift_falls_back_when_a_person_said_so_and_the_fallback_may_still_be_served(
    look, word, shares, told
):
    parts = Parts(v1=60, v2=25, v3=15)
    parts.releases.known["v2"] = {"fallback": "v3"}

    async def answer(handle, environment):
        await environment.sleep(4000)
        status = await handle.query("status")
        asked = "take 25 per cent away from minilm-v2 and give it to v3: drift of input-tokens"
        assert status["asked"]["text"] == asked
        parts.releases.known["v3"] = {"word": word}
        said = Statement(
            run=RUN, question=1, decision="approved", who="ben@example.org", at="now", signature="good"
        )
        await handle.signal("decide", said)

    look(parts, [OTHER], answer, then="fallback", release=V2, bounds=replace(BOUNDS, fallback="v3"))
    assert parts.shares.read("minilm") == shares
    assert parts.events.told()[:3] == [("drift", None), ("decision", "approved"), told]
    assert parts.events.said[0]["remedy"] == "fallback"


def test_silence_leaves_traffic_where_it_is(look):
    parts = Parts(v1=80, v2=20)
    look(parts, [OTHER], then="less-traffic", release=V2)
    assert parts.shares.read("minilm") == {"v1": 80, "v2": 20}


def test_a_signal_that_cannot_be_had_is_no_drift_and_no_quiet(look):
    parts = Parts(v1=100)
    outcome, status = look(parts, [OTHER, *[UnavailableError("away")] * 40], windows=2, release=V1)
    assert outcome["reason"] == "input-tokens"
    assert any("input-tokens: could not be had" in line for line in status["lines"])
