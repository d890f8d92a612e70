"""An alert about a canary, about the stable, with and without a person."""

import asyncio
from dataclasses import replace

import pytest
from temporalio.client import WorkflowExecutionStatus

from runtime.loops.alerts import Firing
from runtime.loops.contract import Statement
from runtime.loops.names import remedy_run
from runtime.loops.starting import alert
from tests.runtime.loops.examples import BOUNDS, V1, remedy
from tests.runtime.loops.memory import Parts, figures

CANARY, STABLE = remedy_run("minilm", "v2"), remedy_run("minilm", "v1")
ASKS = ["the-stable-stays-until-a-person-says-so"]


def said(decision, run=STABLE, who="ben@example.org", question=1):
    return Statement(run=run, question=question, decision=decision, who=who, at="now", signature="good")


@pytest.fixture
def heal(runs):
    def run(parts, beside=None, **changes):
        request = remedy(**changes)

        async def test(environment):
            handle = await environment.client.start_workflow(
                "remedy", request, id=remedy_run("minilm", request.release.version), task_queue="remedy"
            )
            if beside is not None:
                await beside(handle, environment)
            return await handle.result(), await handle.query("status")

        return runs(parts, ["remedy"], test)

    return run


def test_a_canary_loses_its_traffic_and_figures_show_it(heal):
    parts = Parts(v1=80, v2=20)
    outcome, _ = heal(parts)
    assert (outcome["result"], outcome["verified"]) == ("taken away", True)
    assert parts.shares.written == [{"v1": 100, "v2": 0}]
    assert parts.events.told() == [("rollout", "take-away"), ("incident", "high")]
    event = parts.events.said[0]
    assert event["decided_by"] == ["a-canary-loses-its-traffic"]
    assert (event["verdict"], event["verified"]) == ("ErrorBudgetBurnFast", True)
    assert event["who"] == "slipway-remedy@dev"


def test_the_step_that_looks_is_tried_again_until_figures_are_good(heal):
    parts = Parts(v1=80, v2=20)
    looks = iter([figures(errors=89)] * 4)
    parts.figures.by_version["v1"] = lambda _: next(looks, figures())
    outcome, _ = heal(parts)
    assert outcome["verified"] is True


def test_figures_that_stay_bad_are_said_and_people_are_called(heal):
    parts = Parts(v1=80, v2=20)
    parts.figures.by_version["v1"] = figures(errors=89)
    outcome, _ = heal(parts)
    assert (outcome["result"], outcome["verified"]) == ("taken away", False)
    assert parts.events.told() == [("rollout", "take-away"), ("incident", "critical")]
    assert parts.events.said[1]["summary"].endswith("figures do not show it")


def test_three_versions_share_what_one_leaves(heal):
    parts = Parts(v1=60, v2=25, v3=15)
    outcome, _ = heal(parts)
    assert outcome["shares"] == {"v1": 80, "v3": 20, "v2": 0}


THREE = {"v1": 60, "v2": 25, "v3": 15}
OTHERS = {"v1": 80, "v3": 20, "v2": 0}


@pytest.mark.parametrize(
    ("fallback", "known", "shares", "line"),
    [
        ("v3", {}, {"v1": 60, "v2": 0, "v3": 40}, ""),
        ("v3", {"word": "revoked"}, OTHERS, "the fallback v3 is revoked"),
        ("v4", {}, OTHERS, "the fallback v4 is not deployed (there are v1, v2, v3)"),
    ],
)
def test_the_record_s_fallback_takes_over_where_it_can(heal, fallback, known, shares, line):
    parts = Parts(**THREE)
    parts.releases.known["v2"], parts.releases.known["v3"] = {"fallback": fallback}, known
    outcome, status = heal(parts, bounds=replace(BOUNDS, fallback=fallback))
    assert (outcome["result"], outcome["shares"]) == ("taken away", shares)
    assert any(said.endswith(line) for said in status["lines"])


@pytest.mark.parametrize("shares", [{"v1": 80, "v2": 20}, {"v1": 100, "v2": 0}], ids=str)
def test_without_a_person_the_stable_stays(heal, shares):
    parts = Parts(**shares)
    outcome, _ = heal(parts, release=V1)
    assert (outcome["result"], outcome["reason"]) == ("refused", "refused by nobody")
    assert parts.shares.written == []
    assert parts.events.told() == [("decision", "refused")]
    assert parts.events.said[0]["decided_by"] == ASKS
    assert parts.events.said[0]["waited_seconds"] == 3600.0


def test_a_person_refuses_and_that_is_kept(heal):
    parts = Parts(v1=80, v2=20)

    async def refuse(handle, environment):
        await environment.sleep(60)
        await handle.signal("decide", said("refused"))

    outcome, _ = heal(parts, refuse, release=V1)
    assert outcome["reason"] == "refused by ben@example.org"
    assert parts.shares.written == []
    assert [e["who"] for e in parts.events.said] == ["ben@example.org"]


def test_a_person_approves_and_the_stable_s_traffic_moves(heal):
    parts = Parts(v1=80, v2=20)

    async def approve(handle, environment):
        await environment.sleep(60)
        await handle.signal("decide", said("approved"))

    outcome, _ = heal(parts, approve, release=V1)
    assert (outcome["result"], outcome["verified"]) == ("taken away", True)
    assert parts.shares.written == [{"v2": 100, "v1": 0}]
    assert parts.events.told() == [
        ("decision", "approved"),
        ("rollout", "take-away"),
        ("incident", "high"),
    ]
    assert parts.events.said[1]["decided_by"] == ["the-stable-goes-when-a-person-said-so"]


def test_a_person_ends_the_run(heal):
    parts = Parts(v1=80, v2=20)

    async def abort(handle, environment):
        await environment.sleep(60)
        await handle.signal("decide", said("aborted", question=0))

    outcome, _ = heal(parts, abort, release=V1)
    assert (outcome["result"], outcome["reason"]) == ("ended", "ended by ben@example.org")
    assert parts.shares.written == []


def test_a_model_with_one_version_is_left_alone_and_people_are_called(heal):
    parts = Parts(v1=100)
    outcome, _ = heal(parts, release=V1)
    assert (outcome["result"], outcome["reason"]) == ("refused", "no policy permits it")
    assert parts.shares.written == []
    assert parts.events.told() == [("rollout", "refused"), ("incident", "critical")]


def test_a_version_without_traffic_needs_no_remedy(heal):
    parts = Parts(v1=100, v2=0)
    outcome, _ = heal(parts)
    assert (outcome["result"], outcome["reason"]) == ("nothing to do", "minilm-v2 has no traffic")
    assert parts.events.said == []


def test_shares_that_others_wrote_meanwhile_are_read_again(heal):
    parts = Parts(v1=80, v2=20)
    write = parts.shares.write

    def meddle(model, shares, expected):
        parts.shares.now[model] = {"v1": 70, "v2": 30}
        parts.shares.write = write
        write(model, shares, expected)

    parts.shares.write = meddle
    outcome, _ = heal(parts)
    assert outcome["result"] == "taken away"
    assert parts.shares.written == [{"v1": 100, "v2": 0}]


def test_four_alerts_at_once_are_one_run(runs):
    parts = Parts(v1=80, v2=20)

    async def test(environment):
        firing = Firing(model="minilm", version="v1", alert="ErrorBudgetBurnFast", severity="critical")
        calls = [alert(environment.client, firing, remedy(release=V1)) for _ in range(4)]
        assert set(await asyncio.gather(*calls)) == {STABLE}
        handle = environment.client.get_workflow_handle(STABLE)
        await handle.signal("decide", said("refused"))
        await handle.result()
        status = await handle.query("status")
        described = await handle.describe()
        return status, described.status

    status, ended = runs(parts, ["remedy"], test)
    assert sum("again" in line for line in status["lines"]) == 4
    assert ended == WorkflowExecutionStatus.COMPLETED
    assert parts.events.told() == [("decision", "refused")]


def test_who_approves_is_another_where_the_record_wants_four_eyes(heal):
    """A remedy was begun by an alert: nobody is its author."""
    parts = Parts(v1=80, v2=20)

    async def approve(handle, environment):
        await environment.sleep(60)
        await handle.signal("decide", said("approved"))

    outcome, _ = heal(parts, approve, release=V1, bounds=replace(BOUNDS, four_eyes=True))
    assert outcome["result"] == "taken away"
