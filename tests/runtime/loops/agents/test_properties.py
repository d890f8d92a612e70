"""Random plans over random faults, on the engine: what holds of every run, whatever a model plans and tools do."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.loops.suites.agents.systems import serve
from tests.runtime.loops.agents.outside import FAULTS, Outside
from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, Parts, Script, refund, steps

CALLS = st.sampled_from(
    [
        READ,
        OPEN,
        ("open-ticket", {"subject": "Another lamp"}),
        ("close-ticket", {"ticket": "t100"}),
        ("reopen-ticket", {"ticket": "t101"}),
        MAIL,
        refund(1500),
        refund(9000),
        ("refund", {"order": "o1", "amount_cents": 10001}),
        ("burn", {}),
    ]
)
PLANS = st.lists(st.lists(CALLS, min_size=1, max_size=4), min_size=1, max_size=3)
FAULTY = st.dictionaries(
    st.sampled_from(["read-mail", "open-ticket", "close-ticket", "reopen-ticket", "send-mail", "refund"]),
    st.lists(st.sampled_from([fault for fault in FAULTS if fault != "slow"]), max_size=3),
    max_size=3,
)
ANSWERS = st.lists(
    st.sampled_from(
        [{}, {}, {"decision": "refused"}, {"who": "stranger@example.com"}, {"signature": "forged"}]
    ),
    max_size=4,
)
BEFORE = {"t100": "open", "t101": "closed"}


@settings(max_examples=40)
@given(plans=PLANS, faults=FAULTY, answers=ANSWERS)
def test_whatever_is_planned_and_goes_wrong(do, plans, faults, answers):
    outside = Outside()
    outside.tickets.update(BEFORE)
    outside.counted = 200
    for tool, each in faults.items():
        outside.faults[tool].extend(each)
    address, server = serve(outside)
    with tempfile.TemporaryDirectory() as folder:
        made = Parts(Path(folder), address, Script([steps(*plan) for plan in plans]))
        outcome = do(made, *answers, None)
        server.shutdown()
        server.server_close()

        entries = list(made.journal.entries(made.run))
        assert list(made.journal.faults(made.run, made.keys())) == []
        every_call_was_decided_before(entries, outside, made.run)
        what_nothing_undoes_was_approved(entries, made)
        assert sum(cents for _, cents in outside.payments) <= 12_000
        nothing_happened_twice(outside)
        if outcome.result in {"refused", "stopped", "failed", "ended"}:
            kept = {n: state for n, state in outside.tickets.items() if state == "open" or n in BEFORE}
            assert kept == BEFORE
        assert outcome.result in {"done", "refused", "stopped", "failed", "stuck"}
        if outcome.result == "stuck":
            assert made.ended(made.run)["hand_over_to"] == "support-leads"


def allowed(entries):
    return [e for e in entries if e.kind == "decision" and e.body["answer"] == "allowed"]


def every_call_was_decided_before(entries, outside, run):
    for entry in entries:
        if entry.kind in {"attempt", "effect"}:
            assert any(e.key == entry.key and e.seq < entry.seq for e in allowed(entries))
    decided = {(e.body["tool"], f"{run}/{e.key}") for e in allowed(entries)}
    assert set(outside.calls) <= decided


def what_nothing_undoes_was_approved(entries, made):
    for entry in allowed(entries):
        if entry.body["effect"] == "irreversible" and entry.body["policies"] != [
            "the-record-approves-such-a-call"
        ]:
            assert entry.body["policies"] == ["a-person-approved-this-step"]
            question = made.journal.find(made.run, "question", str(entry.body["question"]))
            assert (question.body["key"], question.body["arguments"]) == (entry.key, entry.body["arguments"])


def nothing_happened_twice(outside):
    for tool, done in (("send-mail", outside.sent), ("refund", outside.payments)):
        assert len(done) == len(
            {key for name, key in outside.calls if name == tool and key in outside.answers}
        )
