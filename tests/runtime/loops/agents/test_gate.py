"""The gate, called as an activity would: what it lets through, what it records, and that nothing goes past it."""

import ast
import time
from dataclasses import replace
from pathlib import Path

import pytest
from temporalio.exceptions import ApplicationError

from runtime.loops.agents import questions, worker
from runtime.loops.agents.activities import Acting
from runtime.loops.agents.contract import Act, AgentRef, Shown, Undo
from runtime.loops.agents.gate import Call
from runtime.loops.agents.tools import NoPermitError, Permit
from runtime.loops.contract import Statement
from runtime.loops.policy.cedar import CedarPolicies
from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, ROOT, steps, today

RUN = "agent-support-mail-1"
PACKAGE = ROOT / "runtime" / "loops" / "agents"


class Now:
    def __init__(self):
        self.now = time.time()

    def __call__(self):
        return self.now


@pytest.fixture
def made(parts):
    return parts(now=Now())


def planned(made, *calls):
    """The plan is stored and shown; an act on its first step."""
    digest = made.store.put(steps(*calls), "confidential", today())
    known = made.agents.known("support-mail", "v1", today())
    agent = AgentRef(agent="support-mail", version="v1", record=known.record)
    Acting(made.gate()).show(agent, RUN, 1, digest)
    return Act(
        agent=agent,
        run=RUN,
        environment="dev",
        begun_by="ana@example.com",
        plan=digest,
        round=1,
        index=0,
        tokens_left=100,
        token_cents=0,
        seconds_left=60.0,
        read_only=False,
    )


def act(made, this):
    return Acting(made.gate()).act(this)


def approved(made, this, **changes):
    question = 1
    until = "2999-01-01T00:00:00+00:00"
    Acting(made.gate()).ask(Shown(act=this, question=question, until=until))
    said = {"run": RUN, "question": question, "decision": "approved", "who": "lea@example.com"}
    said |= {"at": "2026-11-29T10:00:00+00:00", "signature": "good"}
    return replace(this, question=question, statement=Statement(**{**said, **changes}))


def test_a_step_that_was_not_shown_is_not_taken(made, outside):
    this = planned(made, READ)
    other = made.store.put(steps(OPEN), "confidential", today())

    for changed in (
        replace(this, plan=other),
        replace(this, index=1),
        replace(this, round=2),
        replace(this, run="x"),
    ):
        assert act(made, changed).reason == "the step stands in no plan that was shown"
    assert outside.calls == []


def test_a_stored_plan_that_was_changed_is_not_taken(made, outside):
    this = planned(made, READ)
    (path,) = made.folder.glob(f"store/*/*/{this.plan.removeprefix('sha256:')}.json")
    path.write_text(path.read_text().replace("read-mail", "send-mail"))

    with pytest.raises(LookupError, match="was changed after it was stored"):
        act(made, this)
    assert outside.calls == []


def test_a_plan_of_a_planner_that_lies_is_not_shown(made):
    with pytest.raises(ValueError, match=r"steps\.0\.arguments\.amount_cents: should be between 1 and 10000"):
        planned(made, ("refund", {"order": "o1", "amount_cents": 99_999}))


def test_what_was_done_is_not_done_again(made, outside):
    this = planned(made, OPEN)
    first, second = act(made, this), act(made, this)

    assert (first.note, second.note) == (first.note, first.note)
    assert len(outside.calls) == 1
    assert made.gate().ledger.spent(RUN).steps == 1


def test_an_approval_of_another_step_counts_for_none(made, outside):
    this = planned(made, MAIL, (MAIL[0], {**MAIL[1], "text": "Another."}))
    given = approved(made, this)
    assert act(made, given).result == "done"

    second = replace(given, index=1)
    said = act(made, second)
    assert (said.result, said.decision.policies) == ("refused", ())
    assert len(outside.sent) == 1


@pytest.mark.parametrize(
    ("changes", "policies"),
    [
        ({"signature": "forged"}, ("a-person-is-asked-before-an-effect",)),
        ({"decision": "refused"}, ("a-person-is-asked-before-an-effect",)),
        ({"run": "another"}, ()),
        ({"question": 2}, ()),
        ({"who": "ana@example.com"}, ()),
        ({"who": "stranger@example.com"}, ()),
        ({"at": "2999-06-01T00:00:00+00:00"}, ()),
    ],
)
def test_what_is_no_approval_lets_nothing_through(made, outside, changes, policies):
    said = act(made, approved(made, planned(made, MAIL), **changes))

    assert said.result == ("ask" if policies else "refused")
    assert said.decision.policies == policies
    assert outside.calls == []


def test_a_decision_that_cannot_be_recorded_lets_nothing_through(made, outside):
    this = planned(made, OPEN)
    made.database.connection.execute("drop table journal")

    with pytest.raises(Exception, match="no such table: journal"):
        act(made, this)
    assert outside.calls == []


def test_no_tool_is_called_without_a_permit_that_names_a_decision(made, outside):
    gate = made.gate()
    this = planned(made, OPEN)
    act(made, this)
    known = made.agents.known("support-mail", "v1", today())
    decision = made.journal.find(RUN, "decision", "1.0")
    good = Permit(
        run=RUN,
        key="1.0",
        tool="open-ticket",
        arguments=decision.body["arguments"],
        entry=decision.digest,
    )
    outside.calls.clear()
    for permit, tool, arguments in [
        (replace(good, entry="sha256:none"), "open-ticket", OPEN[1]),
        (replace(good, key="1.1"), "open-ticket", OPEN[1]),
        (replace(good, run="another"), "open-ticket", OPEN[1]),
        (replace(good, tool="send-mail"), "send-mail", MAIL[1]),
        (good, "open-ticket", {"subject": "Another"}),
        (replace(good, entry=made.journal.find(RUN, "attempt", "1.0").digest), "open-ticket", OPEN[1]),
    ]:
        with pytest.raises(NoPermitError):
            gate.tools.call(permit, known.agent.tools[tool], arguments)
    assert outside.calls == []
    assert gate.tools.call(good, known.agent.tools["open-ticket"], OPEN[1]) == {"ticket": "t1"}


def test_a_policy_set_without_agents_allows_nothing(made, outside, tmp_path):
    folder = tmp_path / "policies"
    folder.mkdir()
    for path in (ROOT / "policies" / "actions").iterdir():
        if path.name != "agents.cedar":
            (folder / path.name).write_text(path.read_text())
    made.policy = CedarPolicies.load(folder)

    assert act(made, planned(made, READ)).result == "refused"
    assert outside.calls == []


@pytest.mark.parametrize("missing", ["suspect", "left", "approval", "as_shown", "release", "hour"])
def test_a_missing_attribute_denies(made, outside, monkeypatch, missing):
    real = questions.use

    def without(*words):
        asked = real(*words)
        return replace(asked, context={k: v for k, v in asked.context.items() if k != missing})

    monkeypatch.setattr(questions, "use", without)
    said = act(made, planned(made, READ))

    assert said.result == "refused"
    assert said.decision.problems
    assert outside.calls == []


def test_a_lost_answer_is_asked_for_again_before_it_is_undone(made, outside):
    outside.faults["open-ticket"].append("half-done")
    this = planned(made, OPEN)
    with pytest.raises(ApplicationError):
        act(made, this)
    assert outside.state()["open"] == ["t1"]

    assert Acting(made.gate()).undo(Undo(act=this)).result == "done"
    assert outside.state()["open"] == []
    assert Acting(made.gate()).undo(Undo(act=this)).result == "done"
    assert [tool for tool, _ in outside.calls] == ["open-ticket", "open-ticket", "close-ticket"]


def test_what_was_never_tried_is_not_undone(made, outside):
    assert Acting(made.gate()).undo(Undo(act=planned(made, OPEN))).reason == "nothing was done"
    assert outside.calls == []


def test_a_tool_of_another_record_is_none(made, outside):
    call = Call(act=planned(made, READ), key="1.0", tool="burn", arguments={}, as_shown=True, expected="x")
    assert made.gate().act(call).reason == "burn is no tool of support-mail-v1"
    assert outside.calls == []


def test_no_module_but_the_gate_calls_tools():
    """Only ``gate.py`` calls ``tools.call``; only tools, the model and the desk (a server) open connections."""
    callers, connections = set(), set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr == "call" and ast.unparse(node.func.value).endswith("tools"):
                    callers.add(path.name)
                if node.func.attr == "send" and "caller" in ast.unparse(node.func.value).lower():
                    callers.add(path.name)
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
                if names & {"http.client", "urllib.request", "socket", "requests", "httpx", "aiohttp"}:
                    connections.add(path.name)
    assert callers == {"gate.py", "tools.py"}
    assert connections == {"desk.py", "thinking.py", "tools.py"}
    assert [p.name for p in sorted(PACKAGE.glob("*.py")) if "agents.desk import" in p.read_text()] == [
        "__main__.py"
    ]


def test_who_thinks_holds_no_tool_and_who_acts_holds_no_model(made):
    mind, gate = made.mind(), made.gate()
    assert set(vars(mind)) == {"agents", "store", "thinker", "now", "traces"}
    assert "thinker" not in vars(gate)
    source = Path(worker.__file__).read_text()
    assert source.count("Gate") == 2
    assert source.count("Mind") == 2
