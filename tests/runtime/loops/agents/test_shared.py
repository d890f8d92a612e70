"""What all runs of an agent share: rates, breakers and how many there are."""

import time
from dataclasses import replace

import pytest
from temporalio.exceptions import ApplicationError

from runtime.loops.agents.activities import Acting
from runtime.loops.agents.contract import Act, AgentRef, AgentRequest, Ending, Limits, Note
from runtime.loops.agents.ledger import FAILURES, OPEN_SECONDS
from tests.runtime.loops.agents.parts import READ, ROOT, steps, today

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


def test_a_rate_is_kept_by_all_runs_together(made, outside):
    made.agents.data["tools"]["read-mail"]["calls_per_minute"] = 2
    this = planned(made, READ, READ, READ)
    assert [act(made, replace(this, index=i)).result for i in (0, 1)] == ["done", "done"]

    with pytest.raises(ApplicationError, match="read-mail is not called now") as caught:
        act(made, replace(this, index=2))
    assert 59 <= caught.value.next_retry_delay.total_seconds() <= 60
    made.now.now += 60
    assert act(made, replace(this, index=2)).result == "done"
    assert len(outside.calls) == 3


def test_after_failures_in_a_row_nobody_calls_and_then_one_tries(made, outside):
    outside.faults["read-mail"].extend(["500"] * (FAILURES + 1))
    this = planned(made, READ)
    for _ in range(FAILURES):
        with pytest.raises(ApplicationError):
            act(made, this)
    with pytest.raises(ApplicationError, match="is not called now"):
        act(made, this)
    assert len(outside.calls) == FAILURES
    made.now.now += OPEN_SECONDS
    with pytest.raises(ApplicationError, match="status 500"):
        act(made, this)
    with pytest.raises(ApplicationError, match="is not called now"):
        act(made, this)
    made.now.now += OPEN_SECONDS
    assert act(made, this).result == "done"
    assert act(made, replace(planned(made, READ), index=0)).result == "done"


def test_more_runs_than_may_go_on_wait(made):
    made.agents.data["budgets"]["parallel_runs"] = 1
    acting = Acting(made.gate())
    known = made.agents.known("support-mail", "v1", today())
    ref = AgentRef(agent="support-mail", version="v1", record=known.record)
    limits = Limits(
        rounds=1, tokens=1, cents_per_million_tokens=1, wall_seconds=60.0, minute_seconds=1.0, repetitions=1,
        rounds_without_news=1, disagreements=1, read_only_first=False,
    )  # fmt: skip
    task = Note(digest="sha256:x", what="task", data_class="internal")
    request = AgentRequest(
        agent=ref, task=task, environment="dev", begun_by="a@example.com", queue="q", limits=limits
    )
    acting.open(request, "one")
    acting.open(request, "one")
    with pytest.raises(ApplicationError, match="support-mail: 1 runs go on, and 1 may"):
        acting.open(request, "two")
    acting.end(Ending(agent=ref, run="one", result="done", reason=""))
    acting.open(request, "two")
    made.now.now += 61  # it was ended from outside, and never said so
    acting.open(request, "three")
