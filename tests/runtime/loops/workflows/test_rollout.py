"""Every way a rollout may go, with time that skips."""

from dataclasses import replace

import pytest

from runtime.loops.contract import Statement
from runtime.loops.names import rollout_run
from runtime.loops.ports import UnavailableError
from tests.runtime.loops.examples import BOUNDS, rollout
from tests.runtime.loops.memory import Parts, figures

RUN = rollout_run("minilm")
ASKS = "promotion-over-confidential-data-is-asked-for"
WALK = [{"v1": 95, "v2": 5}, {"v1": 75, "v2": 25}, {"v1": 50, "v2": 50}, {"v1": 0, "v2": 100}]
HOME = {"v1": 100, "v2": 0}
BAD = figures(errors=200)


def statement(**changes):
    return Statement(
        **{
            "run": RUN,
            "question": 1,
            "decision": "approved",
            "who": "ben@example.org",
            "at": "2026-11-29T12:00:00Z",
            "signature": "good",
            **changes,
        }
    )


@pytest.fixture
def walk(runs):
    """A whole rollout in this world."""

    def run(parts, beside=None, **changes):
        async def test(environment):
            handle = await environment.client.start_workflow(
                "rollout", rollout(**changes), id=RUN, task_queue="rollout"
            )
            if beside is not None:
                await beside(handle, environment)
            outcome = await handle.result()
            return outcome, await handle.query("status")

        return runs(parts, ["rollout"], test)

    return run


def test_a_healthy_candidate_walks_every_step_and_a_change_is_proposed(walk):
    parts = Parts(v1=100)
    outcome, status = walk(parts)
    assert outcome["result"] == "promoted"
    assert parts.shares.written == WALK
    assert parts.events.told() == [("rollout", "step")] * 3 + [("rollout", "promotion")]
    assert parts.proposals.made == {
        (RUN, "minilm-v2: promotion"): {"model": "minilm", "stable": "v2", "previous": "v1"}
    }
    first = parts.events.said[0]
    assert first["who"] == "slipway-rollout@dev"
    assert first["decided_by"] == ["a-good-step-leads-to-the-next"]
    assert (first["before"], first["after"], first["verdict"]) == (HOME, {"v1": 95, "v2": 5}, "first")
    assert [e["step"] for e in parts.events.said] == [0, 1, 2, 3]
    assert [e["verdict"] for e in parts.events.said] == ["first", "good", "good", "good"]
    assert status["state"] == "promoted"


@pytest.mark.parametrize(("share", "written"), [(5, 1), (25, 2), (50, 3), (100, 4)], ids=str)
def test_what_turns_bad_at_any_step_is_taken_back_and_verified(walk, share, written):
    parts = Parts(v1=100)
    parts.figures.by_version["v2"] = lambda now: BAD if now == share else figures()
    outcome, _ = walk(parts)
    assert (outcome["result"], outcome["verified"]) == ("rolled back", True)
    assert outcome["reason"] == "error-rate 0.2 above 0.02 (stable: 0.001)" or share == 100
    assert parts.shares.written == [*WALK[:written], HOME]
    last = parts.events.said[-1]
    assert (last["action"], last["verified"], last["after"]) == ("rollback", True, HOME)
    assert last["decided_by"] == ["back-is-always-allowed"]
    assert {f["version"]: f["requests"] for f in last["figures"]} == {"v1": 1000.0, "v2": 0.0}


def test_a_slow_candidate_is_taken_back(walk):
    parts = Parts(v1=100)
    parts.figures.by_version["v2"] = figures(p95=900.0)
    outcome, _ = walk(parts)
    assert outcome["reason"] == "latency-p95-ms 900 above 500 (stable: 100)"


def test_one_that_is_worse_than_the_stable_and_within_its_limits_is_not_let_on(walk):
    parts = Parts(v1=100)
    parts.figures.by_version["v2"] = figures(errors=15)
    outcome, _ = walk(parts)
    assert outcome["result"] == "rolled back"
    assert outcome["reason"].startswith("not let on after 10 more holds: error-rate 0.0150 beside 0.0010")
    assert parts.shares.written == [WALK[0], HOME]


def test_too_few_requests_are_no_verdict_until_there_are_enough(walk):
    parts = Parts(v1=100)
    looks = iter([figures(errors=20, requests=50)] * 12)
    parts.figures.by_version["v2"] = lambda _: next(looks, figures())
    outcome, status = walk(parts)
    assert outcome["result"] == "promoted"
    assert any("50 requests; 100 are needed for a verdict" in line for line in status["lines"])


def test_a_spent_budget_blocks_the_first_step(walk):
    parts = Parts(v1=100)
    parts.figures.budget = {"availability": 0.004, "latency": 0.9}
    outcome, _ = walk(parts)
    assert (outcome["result"], outcome["reason"]) == ("refused", "no-step-on-a-spent-budget")
    assert parts.shares.written == []
    assert parts.events.told() == [("rollout", "refused")]


def test_a_budget_that_is_spent_on_the_way_holds_the_step_until_it_is_not(walk):
    parts = Parts(v1=100)
    budgets = iter([0.5, 0.0, -0.2, 0.3])
    parts.figures.budget_left = lambda _: {"availability": next(budgets, 0.3)}
    outcome, status = walk(parts)
    assert outcome["result"] == "promoted"
    assert sum("stays at 5: no-step-on-a-spent-budget" in line for line in status["lines"]) == 2


def test_without_a_fresh_evaluation_nothing_moves(walk):
    parts = Parts(v1=100)
    parts.releases.known["v2"] = {"evaluation_fresh": False}
    outcome, _ = walk(parts)
    assert (outcome["result"], outcome["reason"]) == ("refused", "no policy permits it")
    assert parts.shares.written == []


def test_a_record_that_changed_or_a_revocation_ends_it(walk):
    for facts, said in (
        ({"record": "sha256:other"}, "the record is not the one the run began with"),
        ({"word": "revoked"}, "minilm-v2 is revoked"),
    ):
        parts = Parts(v1=100)

        def change(now, parts=parts, facts=facts):
            if now == 25:
                parts.releases.known["v2"] = facts
            return figures()

        parts.figures.by_version["v2"] = change
        outcome, _ = walk(parts)
        assert (outcome["result"], outcome["reason"]) == ("rolled back", said)


def test_prometheus_that_is_away_for_a_moment_changes_nothing(walk):
    parts = Parts(v1=100)
    parts.figures.is_away = 5
    outcome, _ = walk(parts)
    assert outcome["result"] == "promoted"
    assert parts.shares.written == WALK


def test_without_figures_nobody_is_let_on_and_the_candidate_goes_back(walk):
    parts = Parts(v1=100)
    parts.figures.is_away = 10**9
    outcome, _ = walk(parts)
    assert (outcome["result"], outcome["verified"]) == ("rolled back", False)
    assert outcome["reason"] == "not let on after 2 more holds: figures could not be had"
    assert parts.shares.written == [WALK[0], HOME]
    assert parts.events.told()[-1] == ("incident", "high")


def test_a_budget_that_cannot_be_read_lets_nothing_on(walk):
    parts = Parts(v1=100)
    answers = iter([UnavailableError("away"), UnavailableError("away")])

    def budget_left(_model):
        for error in answers:
            raise error
        return {}

    parts.figures.budget_left = budget_left
    outcome, _ = walk(parts)
    assert outcome["result"] == "promoted"


def test_shares_that_others_wrote_end_the_run_and_are_left_alone(walk):
    parts = Parts(v1=100)

    def meddle(now):
        if now == 25:
            parts.shares.now["minilm"] = {"v1": 90, "v2": 10}
        return figures()

    parts.figures.by_version["v2"] = meddle
    outcome, _ = walk(parts)
    assert (outcome["result"], outcome["shares"]) == ("ended", {"v1": 90, "v2": 10})
    assert parts.shares.read("minilm") == {"v1": 90, "v2": 10}


@pytest.mark.parametrize("shares", [{"v1": 60, "v3": 40}, {"v1": 93, "v2": 7}, {"v2": 100}], ids=str)
def test_a_rollout_that_would_begin_elsewhere_is_refused(walk, shares):
    parts = Parts(**shares)
    outcome, _ = walk(parts)
    assert outcome["result"] == "refused"
    assert outcome["reason"].endswith("a rollout begins with v1 at 100, or at a step of the record")
    assert parts.shares.written == []


def test_a_run_that_is_begun_again_goes_on_from_the_step_it_finds(walk):
    parts = Parts(v1=75, v2=25)
    outcome, _ = walk(parts)
    assert outcome["result"] == "promoted"
    assert parts.shares.written == WALK[2:]


CONFIDENTIAL = {"data_class": "confidential"}


def test_a_promotion_over_confidential_data_waits_for_a_person(walk):
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL

    async def approve(handle, environment):
        await environment.sleep(5 * 3600)
        status = await handle.query("status")
        assert status["asked"]["text"] == "promotion of minilm-v2 to 100 per cent"
        assert status["asked"]["policies"] == ["promotion-over-confidential-data-is-asked-for"]
        await handle.signal("decide", statement(signature="forged"))
        await handle.signal("decide", statement(question=7))
        await handle.signal("decide", statement(run="rollout-other"))
        await handle.signal("decide", statement())

    outcome, status = walk(parts, approve, environment="prod")
    assert outcome["result"] == "promoted"
    assert parts.events.told()[3:] == [("decision", "approved"), ("rollout", "promotion")]
    assert parts.events.said[3]["who"] == "ben@example.org"
    said = "\n".join(status["lines"])
    assert "an answer in the name of ben@example.org has no valid signature; it does not count" in said
    assert "ben@example.org answered question 7, which is not open" in said
    assert "an answer to rollout-other was sent here; it does not count" in said


def test_silence_is_no_and_the_stable_stays(walk):
    parts = Parts(v1=100)
    parts.releases.known["v2"] = CONFIDENTIAL
    outcome, _ = walk(parts, environment="prod")
    assert (outcome["result"], outcome["reason"]) == (
        "rolled back",
        "refused by nobody, promotion-over-confidential-data-is-asked-for",
    )
    assert parts.shares.written == [*WALK[:3], HOME]
    assert parts.events.said[3]["who"] == "slipway-rollout@prod"


def test_a_person_ends_it_and_the_candidate_goes_back(walk):
    parts = Parts(v1=100)

    async def abort(handle, environment):
        await environment.sleep(1.5 * 3600)
        await handle.signal("decide", statement(decision="aborted", question=0))

    outcome, _ = walk(parts, abort)
    assert (outcome["result"], outcome["reason"]) == ("rolled back", "ended by ben@example.org")
    assert parts.shares.written == [*WALK[:2], HOME]


def test_blue_green_goes_from_one_per_cent_to_all(walk):
    parts = Parts(v1=100)
    parts.releases.known["v2"] = {"steps": (1, 100)}
    outcome, _ = walk(parts, bounds=replace(BOUNDS, steps=(1, 100)))
    assert outcome["result"] == "promoted"
    assert parts.shares.written == [{"v1": 99, "v2": 1}, {"v1": 0, "v2": 100}]
