"""A run of the support agent beside its three workers, over servers on loopback."""

import asyncio
import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import UTC

import pytest

from runtime.loops.agents.begin import agent_request
from runtime.loops.agents.worker import acting_worker, thinking_worker
from runtime.loops.contract import Statement
from runtime.loops.steps import Outcome, Status
from runtime.loops.suites.agents.systems import serve
from tests.runtime.loops.agents.outside import Outside
from tests.runtime.loops.agents.parts import Parts, Script, today

_NUMBERS = itertools.count(1)


@pytest.fixture
def outside():
    made = Outside()
    made.address, server = serve(made)
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def parts(tmp_path, outside, loop):
    def make(*plans, thoughts=(), tokens=10, **changes):
        made = Parts(tmp_path, outside.address, Script(plans, thoughts, tokens), **changes)
        made.loop = loop
        return made

    return make


class People:
    """Who answers a run's questions, in order; ``None`` lets the question time out."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def beside(self, handle, environment):
        for number, answer in enumerate(self.answers, 1):
            asked = await waited(handle, number)
            if asked is None:
                return
            self.asked.append(asked)
            if answer is None:
                return
            said = {"run": handle.id, "question": number, "decision": "approved", "who": "lea@example.com"}
            said |= {
                "at": (await environment.get_current_time()).astimezone(UTC).isoformat(),
                "signature": "good",
            }
            await handle.signal("decide", Statement(**{**said, **answer}))


async def waited(handle, number):
    """The question with this number, or nothing once the run has ended."""
    for _ in range(600):
        status = await handle.query("status", result_type=Status)
        if status.outcome is not None:
            return None
        if status.asked is not None and status.asked.number == number:
            return status.asked
        await asyncio.sleep(0.05)
    raise AssertionError(f"question {number} was never asked: {status}")


@pytest.fixture
def do(loop, skipping):
    """Run one task to its end; the outcome. ``people`` answer it."""

    def run(made, *answers, name="", history=None, acts_by=None):
        queue = f"q{next(_NUMBERS)}"
        made.run = name or f"agent-support-mail-{queue}-{id(made)}"
        made.people_asked = People(*answers)

        async def whole():
            with ThreadPoolExecutor(24) as executor:
                async with AsyncExitStack() as stack:
                    made.agents.data["queue"] = queue
                    for part in ("reason", "plan"):
                        await stack.enter_async_context(
                            thinking_worker(skipping.client, queue, part, made.mind(), executor)
                        )
                    acting = await acts_by() if acts_by else skipping.client
                    await stack.enter_async_context(acting_worker(acting, queue, made.gate(), executor))
                    request = agent_request(
                        made.agents,
                        made.store,
                        agent="support-mail",
                        version="v1",
                        task={"mail": "m1"},
                        environment="dev",
                        begun_by="ana@example.com",
                        today=today(),
                    )
                    handle = await skipping.client.start_workflow(
                        "agent", request, id=made.run, task_queue=f"{queue}-act", result_type=Outcome
                    )
                    await made.people_asked.beside(handle, skipping)
                    outcome = await handle.result()
                    if history is not None:
                        history.append(await handle.fetch_history())
                    return outcome

        return loop.run(asyncio.wait_for(whole(), 120))

    return run
