"""The engine and the tools' servers killed at every step of an agent's run: nothing is lost, nothing is done twice."""

import pytest

from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, refund, steps
from tests.runtime.loops.processes.agent_stack import AgentStack
from tests.runtime.loops.processes.stack import until
from tests.runtime.loops.processes.test_agent_killed import say, status
from tests.runtime.loops.processes.tools_process import ToolsProcess

WAIT = 400
DONE = {"sent": [tuple(MAIL[1].values())], "payments": [("o1", 1500)], "open": ["t1"]}


@pytest.fixture
def agent(server, tmp_path):
    made = []

    def make(*plans, **more):
        made.append(AgentStack(tmp_path, server, *plans, **more))
        return made[0]

    yield make
    for each in made:
        each.end()


def outcome_of(stack, run):
    """How it ended; nothing while the engine is away."""
    try:
        return status(stack, run).outcome
    except RuntimeError:
        return None


def asked(stack, run):
    try:
        return status(stack, run).asked
    except RuntimeError:
        return None


def play(stack):
    """A run whose question a person answers with yes; how it ended."""
    stack.start()
    run = stack.begin("one")
    until(lambda: asked(stack, run) or outcome_of(stack, run), "the question", WAIT)
    say(stack, run, "approved")
    until(lambda: outcome_of(stack, run), "the end", WAIT)
    assert "NOT AS SIGNED" not in stack.command("show", run)
    return outcome_of(stack, run)


@pytest.mark.parametrize(
    "when", ["reason 0", "plan 0", "read-mail", "open-ticket", "refund", "send-mail", "reason 1"]
)
@pytest.mark.timeout(2 * WAIT)
def test_the_engine_is_killed_while_a_step_goes_on(agent, server, when):
    stack = agent(steps(READ, OPEN, refund(1500), MAIL))
    left = [1]

    def hook(what):
        if what == when and left[0]:
            left[0] -= 1
            server.kill()
            server.start()

    real = stack.outside.handle

    def handle(tool, key, arguments):
        answered = real(tool, key, arguments)
        hook(tool)
        return answered

    stack.outside.handle = handle
    stack.model.before = lambda what: hook(f"{what[0]} {what[1]}")

    assert play(stack).result == "done"
    assert left == [0]
    assert stack.outside.state() == DONE


@pytest.mark.timeout(2 * WAIT)
def test_the_engine_is_killed_while_people_are_asked(agent, server):
    stack = agent(steps(READ, OPEN, refund(1500), MAIL))
    stack.start()
    run = stack.begin("one")
    until(lambda: asked(stack, run), "the question", WAIT)
    server.kill()
    server.start()
    until(lambda: asked(stack, run), "the question, again", WAIT)
    say(stack, run, "approved")
    until(lambda: outcome_of(stack, run), "the end", WAIT)

    assert outcome_of(stack, run).result == "done"
    assert stack.outside.state() == DONE


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("tool", ["read-mail", "open-ticket", "refund", "send-mail"])
@pytest.mark.timeout(2 * WAIT)
def test_a_tool_s_server_is_killed_before_or_after_its_effect(agent, tmp_path, tool, when):
    tools = ToolsProcess(tmp_path / "world.json", tool, when)
    stack = agent(steps(READ, OPEN, refund(1500), MAIL), tools=tools)

    assert play(stack).result == "done"
    assert tools.deaths == 1
    assert tools.state() == DONE


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.timeout(2 * WAIT)
def test_a_tool_s_server_is_killed_while_a_step_is_undone(agent, tmp_path, when):
    tools = ToolsProcess(tmp_path / "world.json", "close-ticket", when)
    stack = agent(steps(OPEN, MAIL), tools=tools)
    stack.start()
    run = stack.begin("one")
    until(lambda: asked(stack, run), "the question", WAIT)
    say(stack, run, "refused")
    until(lambda: outcome_of(stack, run), "the end", WAIT)

    assert outcome_of(stack, run).result == "refused"
    assert tools.deaths == 1
    assert tools.state() == {"sent": [], "payments": [], "open": []}
