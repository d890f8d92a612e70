"""Runs of the support agent, end to end: what happens, what is refused, and how the world looks afterwards."""

import pytest

from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, refund, steps

EMPTY = {"sent": [], "payments": [], "open": []}
YES, NO = {}, {"decision": "refused"}


def kinds(told):
    return [kind if kind != "decision" else f"decision {answer}" for kind, _, answer in told]


def test_a_task_is_done_and_every_effect_was_decided_before(do, parts, outside):
    made = parts(steps(READ, OPEN), steps(MAIL))
    outcome = do(made, YES)

    assert (outcome.result, outcome.reason) == ("done", "")
    assert outside.state() == {"sent": [tuple(MAIL[1].values())], "payments": [], "open": ["t1"]}
    assert kinds(made.told(made.run)) == [
        *["plan", "decision allowed", "attempt", "effect", "decision allowed", "attempt", "effect"],
        *["plan", "decision ask", "question", "decision allowed", "attempt", "effect", "outcome"],
    ]
    assert list(made.journal.faults(made.run, made.keys())) == []
    assert outside.tokens["send-mail"] == "Bearer token-of-mail-sender"
    assert outside.tokens["read-mail"] == "Bearer token-of-mail-reader"


def test_people_see_what_they_answer_for(do, parts):
    made = parts(steps(MAIL))
    do(made, YES)

    (asked,) = made.people_asked.asked
    assert asked.text.startswith(
        "step 1.0: send-mail (irreversible); its arguments and what undoes it: sha256:"
    )
    assert asked.policies == ("a-person-is-asked-before-an-effect",)
    assert made.store.get(asked.text.rpartition(": ")[2]) == {
        "tool": "send-mail",
        "arguments": MAIL[1],
        "as": "mail-sender",
        "at": made.agents.data["tools"]["send-mail"]["reaches"],
        "expected": "send-mail did it",
        "undone by": "nothing",
    }


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (NO, "step 1.1: no yes (lea@example.com)"),
        (None, "step 1.1: no yes (nobody in time)"),
        ({"signature": "forged"}, "step 1.1: no yes (nobody in time)"),
        ({"question": 7}, "step 1.1: no yes (nobody in time)"),
        ({"run": "another"}, "step 1.1: no yes (nobody in time)"),
        ({"who": "ana@example.com"}, "send-mail: no policy permits it"),
        ({"who": "stranger@example.com"}, "send-mail: no policy permits it"),
        ({"at": "2999-01-01T00:00:00+00:00"}, "send-mail: no policy permits it"),
        ({"at": "yesterday"}, "send-mail: no policy permits it"),
    ],
    ids=[
        "no",
        "silence",
        "forged",
        "another-question",
        "another-run",
        "author",
        "stranger",
        "late",
        "no-time",
    ],
)
def test_without_a_yes_of_the_right_person_in_time_the_world_is_as_before(do, parts, outside, answer, reason):
    made = parts(steps(OPEN, MAIL))
    outcome = do(made, answer)

    assert (outcome.result, outcome.reason) == ("refused", reason)
    assert outside.state() == EMPTY
    assert made.ended(made.run)["hand_over_to"] == "support-leads"


def test_approving_one_step_approves_no_other(do, parts, outside):
    other = ("send-mail", {**MAIL[1], "text": "Another text."})
    made = parts(steps(MAIL, other))
    outcome = do(made, YES, NO)

    assert outcome.result == "refused"
    assert outside.state()["sent"] == [tuple(MAIL[1].values())]
    assert len(made.people_asked.asked) == 2


def test_what_the_record_approves_needs_nobody_and_no_more_than_that(do, parts, outside):
    made = parts(steps(refund(2000)))
    assert do(made).result == "done"
    assert outside.state()["payments"] == [("o1", 2000)]
    decisions = [e.body for e in made.journal.entries(made.run) if e.kind == "decision"]
    assert decisions[0]["policies"] == ["the-record-approves-such-a-call"]


@pytest.mark.parametrize(
    "plan", [steps(refund(2001)), steps(refund(1999), refund(2000))], ids=["amount", "second"]
)
def test_above_what_the_record_approves_people_are_asked(do, parts, outside, plan):
    made = parts(plan)
    outcome = do(made, NO)

    assert outcome.result == "refused"
    assert [amount for _, amount in outside.payments] in ([], [1999])


@pytest.mark.parametrize("fault", ["500", "half-done", "slow", "duplicate"])
def test_a_call_that_is_tried_again_happens_once(do, parts, outside, fault):
    outside.faults["open-ticket"].extend([fault, fault])
    made = parts(steps(OPEN))
    outcome = do(made)

    assert outcome.result == "done"
    assert outside.state()["open"] == ["t1"]
    assert {key for tool, key in outside.calls if tool == "open-ticket"} == {f"{made.run}/1.0"}


def test_what_cannot_be_finished_is_undone_the_last_first(do, parts, outside):
    outside.faults["read-mail"].extend(["500"] * 99)
    outside.tickets["t9"] = "open"
    made = parts(steps(OPEN, ("close-ticket", {"ticket": "t9"}), READ))
    outcome = do(made)

    assert outcome.result == "failed"
    assert outside.state() == {"sent": [], "payments": [], "open": ["t9"]}
    undone = [key for kind, key, _ in made.told(made.run) if kind == "effect" and "undo" in key]
    assert undone == ["1.1/undo", "1.0/undo"]


def test_an_effect_whose_answer_was_lost_for_good_is_undone_too(do, parts, outside):
    """It was made, and the tool did not answer for as long as the step was tried: asked by its key it says what."""
    outside.faults["open-ticket"].extend(["half-done"] * 40)
    approvals = [{"effects": ["irreversible"], "by": "support-leads", "within_minutes": 5}]
    made = parts(steps(OPEN), budgets__wall_minutes=11, approvals=approvals)
    outcome = do(made)
    assert outcome.result == "failed"
    assert outside.state() == EMPTY


def test_a_tool_that_knows_no_key_is_called_once(do, parts, outside):
    outside.faults["send-mail"].append("half-done")
    made = parts(steps(MAIL), tools__send_mail__repeats="never")
    outcome = do(made, YES)

    assert (outcome.result, len(outside.sent)) == ("failed", 1)
    assert "nobody knows whether it happened" in outcome.reason
    assert [tool for tool, _ in outside.calls] == ["send-mail"]


def test_the_breaker_of_a_tool_is_shared_by_all_runs(do, parts, outside):
    outside.faults["read-mail"].extend(["500"] * 5)
    made = parts(steps(READ))
    assert do(made).result == "done"
    # Five failures opened it; the sixth attempt came after it let one through.
    assert len(outside.calls) == 6
    made.gate().ledger.failed("read-mail", 0)
    with made.database.transaction() as connection:
        assert made.gate().ledger.wait_for_breaker(connection, "read-mail", 1) == 0


def test_an_open_breaker_lets_nobody_call(do, parts, outside):
    """While it is open attempts are spared; whether the tool did something is asked until it answers, or people are."""
    outside.faults["open-ticket"].extend(["500"] * 9999)
    made = parts(steps(OPEN))
    outcome = do(made)

    assert outcome.result == "stuck"
    assert outside.state() == EMPTY
    attempts = len(outside.calls)
    # Ten minutes of the step and an hour of undoing, one attempt in thirty seconds at most.
    assert attempts <= 5 + 2 * 70


@pytest.mark.parametrize(
    ("changes", "plan"),
    [
        ({"budgets__steps": 1}, steps(OPEN, READ)),
        ({"budgets__money_cents": 10001}, steps(refund(1500), refund(9000))),
    ],
    ids=["steps", "money"],
)
def test_a_spent_budget_ends_the_run_and_what_can_be_undone_is(do, parts, outside, changes, plan):
    made = parts(plan, **changes)
    outcome = do(made)

    assert (outcome.result, outcome.reason) == ("stopped", "a budget is spent")
    assert outside.state()["open"] == []
    assert len([key for _, key in outside.calls if "undo" not in key]) == 1


def test_tokens_end_a_run(do, parts, outside):
    made = parts(steps(READ), steps(OPEN), tokens=15_000)
    outcome = do(made)

    assert (outcome.result, outcome.reason) == ("stopped", "its tokens are spent")
    assert outside.state() == EMPTY


@pytest.mark.parametrize(
    ("plans", "reason"),
    [
        ([steps(READ)], "it goes in circles: read-mail with the same arguments again"),
        ([steps(("read-mail", {"mail": "m1"}))] * 2 + [steps(OPEN)], "2 rounds learned nothing"),
        (["nonsense"], "plan and act disagree: what it planned was no plan"),
    ],
    ids=["circles", "no-news", "no-plan"],
)
def test_a_run_that_leads_nowhere_ends_by_itself(do, parts, outside, plans, reason):
    thoughts = [{"done": False, "summary": "again"}] * 9
    changes = {
        "stop": {"repetitions": 2 if "circles" in reason else 9, "rounds_without_news": 2, "disagreements": 2}
    }
    if "circles" in reason:
        changes["stop"]["rounds_without_news"] = 9
    made = parts(*(plans if "nothing" not in reason else [steps(READ)]), thoughts=thoughts, **changes)
    outcome = do(made)

    assert (outcome.result, outcome.reason) == ("stopped", reason)
    assert outside.state() == EMPTY


def test_rounds_end_a_run(do, parts, outside):
    plans = [steps(("open-ticket", {"subject": f"{n}"})) for n in range(9)]
    made = parts(*plans, thoughts=[{"done": False, "summary": "more"}] * 9)
    outcome = do(made)

    assert (outcome.result, outcome.reason) == ("stopped", "its 4 rounds are over")
    assert outside.state() == EMPTY


def test_a_precondition_that_does_not_hold_leaves_its_step_out(do, parts, outside):
    before = {"before": {"step": 0, "field": "status", "equals": "open"}}
    outside.tickets["t9"] = "open"
    plan = steps(("close-ticket", {"ticket": "t9"}), (*OPEN, before))
    made = parts(plan)
    outcome = do(made)

    assert outcome.result == "done"
    assert [tool for tool, _ in outside.calls] == ["close-ticket"]


def test_a_revoked_agent_acts_no_more_and_what_it_did_is_undone(do, parts, outside):
    made = parts(steps(OPEN, MAIL))
    real = made.agents.known

    def known(*words):
        if outside.tickets:
            made.agents.word = "revoked"
        return real(*words)

    made.agents.known = known
    outcome = do(made)

    assert (outcome.result, outside.state()) == ("refused", EMPTY)
    assert "an-agent-is-approved-and-its-record-is-that-of-the-run" in outcome.reason


def test_an_agent_that_may_go_on_reading_does(do, parts, outside):
    made = parts(
        steps(OPEN, MAIL),
        steps(READ),
        fail_soft=[{"kind": "read-only"}, {"kind": "hand-over", "to": "support-leads"}],
    )
    outcome = do(made, NO)

    assert outcome.result == "done"
    assert outside.state() == EMPTY
    assert [tool for tool, _ in outside.calls][-1] == "read-mail"


def test_a_person_ends_a_run_that_waits(do, parts, outside):
    made = parts(steps(OPEN, MAIL))
    outcome = do(made, {"decision": "aborted", "question": 0, "who": "ana@example.com"})

    assert (outcome.result, outcome.reason) == ("ended", "ended by ana@example.com")
    assert outside.state() == EMPTY


def test_history_holds_no_text_of_task_tool_or_plan(do, parts):
    histories = []
    made = parts(steps(READ, MAIL))
    do(made, YES, history=histories)

    held = histories[0].to_json()
    for text in ("kim@example.net", "Broken lamp", "does not light", "on its way"):
        assert text not in held
