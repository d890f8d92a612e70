"""An agent's workers killed wherever a run can be: nothing is lost, nothing is done twice."""

import asyncio
from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from runtime.loops.events.signing import KeyFile
from runtime.loops.settings import LoopsError
from runtime.loops.starting import Answer, answer, status_of
from runtime.loops.steps import Status
from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, refund, steps
from tests.runtime.loops.processes.agent_stack import AgentStack
from tests.runtime.loops.processes.stack import until

WAIT = 300


@pytest.fixture
def agent(server, tmp_path):
    made = []

    def make(*plans, **changes):
        made.append(AgentStack(tmp_path, server, *plans, **changes))
        return made[0]

    yield make
    for each in made:
        each.end()


def status(agent, run):
    async def ask():
        return await status_of(await Client.connect(agent.server.address), run)

    try:
        return asyncio.run(ask())
    except LoopsError:  # nobody answers while the worker is dead
        return Status(state="away")


def say(agent, run, decision):
    async def tell():
        key = KeyFile.load(agent.root / "lea@example.com.pem")
        client = await Client.connect(agent.server.address)
        return await answer(client, Answer(run=run, decision=decision, who="lea@example.com"), key)

    return asyncio.run(tell())


def killing(agent, part, when):
    """Kill a part's worker while something outside goes on, and start it again."""
    left = [2]

    def hook(what):
        if what == when and left[0] and part in agent.workers:
            left[0] -= 1
            agent.kill(part)
            agent.start(part)

    return hook


@pytest.mark.parametrize("tool", ["read-mail", "open-ticket", "refund", "send-mail"])
@pytest.mark.timeout(WAIT)
def test_who_acts_is_killed_after_an_effect_and_before_its_answer(agent, tool):
    stack = agent(steps(READ, OPEN, refund(1500), MAIL))
    real, hook = stack.outside._once, killing(stack, "act", tool)

    def once(name, key, arguments):
        answered = real(name, key, arguments)
        stack.outside.lock.release()
        try:
            hook(name)
        finally:
            stack.outside.lock.acquire()
        return answered

    stack.outside._once = once
    stack.start()
    run = stack.begin("one")
    until(lambda: status(stack, run).asked, "the question", WAIT)
    stack.kill("act")
    stack.start("act")
    say(stack, run, "approved")
    until(lambda: status(stack, run).outcome, "the end", WAIT)

    assert status(stack, run).outcome.result == "done"
    assert stack.outside.state() == {
        "sent": [tuple(MAIL[1].values())],
        "payments": [("o1", 1500)],
        "open": ["t1"],
    }
    assert "NOT AS SIGNED" not in stack.command("show", run)


@pytest.mark.parametrize("part", ["reason", "plan"])
@pytest.mark.timeout(WAIT + 200)
def test_who_thinks_is_killed_while_the_model_answers(agent, part):
    stack = agent(steps(OPEN))
    stack.model.before = killing(stack, part, (part, 0))
    stack.start()
    run = stack.begin("one")
    until(lambda: status(stack, run).outcome, "the end", WAIT + 150)

    assert status(stack, run).outcome.result == "done"
    assert stack.outside.state()["open"] == ["t1"]


@pytest.mark.timeout(WAIT)
def test_who_undoes_is_killed_and_the_world_is_as_before(agent):
    stack = agent(steps(OPEN, MAIL))
    real, hook = stack.outside._once, killing(stack, "act", "close-ticket")

    def once(name, key, arguments):
        answered = real(name, key, arguments)
        stack.outside.lock.release()
        try:
            hook(name)
        finally:
            stack.outside.lock.acquire()
        return answered

    stack.outside._once = once
    stack.start()
    run = stack.begin("one")
    until(lambda: status(stack, run).asked, "the question", WAIT)
    say(stack, run, "refused")
    until(lambda: status(stack, run).outcome, "the end", WAIT)

    assert status(stack, run).outcome.result == "refused"
    assert stack.outside.state() == {"sent": [], "payments": [], "open": []}
    told = stack.command("show", run)
    assert "refused (step 1.1: no yes (lea@example.com)); handed over to support-leads" in told
    assert datetime.now(UTC).date().isoformat() in told


def test_a_part_that_has_what_another_one_needs_does_not_start(agent):
    stack = agent(steps(READ))
    text = stack.path("reason").read_text().replace("part: reason", "part: act")
    stack.path("reason").write_text(text)
    said = stack.command("worker", part="reason", ok=2)

    assert "gateway: leave it out: part is 'act', and who thinks never acts" in said
    assert "acting: is required: part is 'act'" in said
    (stack.root / "identities" / "mail-sender").unlink()
    (stack.root / "journal.pem").write_text("no key")
    said = stack.command("worker", ok=2)
    assert "holds no token of mail-sender" in said
    assert "journal.pem: should be a private key in PEM" in said
