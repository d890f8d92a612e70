"""``python -m tests.runtime.loops.agents.measure``: what an act costs, runs a minute, what waiting runs cost."""

import argparse
import asyncio
import os
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from temporalio.client import Client

from runtime.loops.agents.activities import Acting
from runtime.loops.agents.begin import agent_request
from runtime.loops.agents.calls import queue_of
from runtime.loops.agents.contract import Act, AgentRef
from runtime.loops.agents.records import FolderAgents
from runtime.loops.agents.store import FolderStore
from runtime.loops.agents.tools import Tools
from runtime.loops.steps import Outcome
from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, Parts, Script, steps, today
from tests.runtime.loops.processes.agent_stack import AgentStack
from tests.runtime.loops.processes.stack import Server


class Instant:
    """A tool that takes no time: what is left is the gate's own."""

    def send(self, _permit, _tool, _arguments):
        return {"sender": "kim@example.net", "subject": "Broken lamp", "text": "It does not light." * 20}


def acts(number):
    """Milliseconds of one act: looking, deciding, recording, guarding; without the tool's own time."""
    with tempfile.TemporaryDirectory() as folder:
        parts = Parts(Path(folder), "http://127.0.0.1:1", Script([]), budgets__steps=200)
        gate = replace(parts.gate(), tools=Tools(parts.journal, {"http": Instant()}))
        acting = Acting(gate)
        known = parts.agents.known("support-mail", "v1", today())
        agent = AgentRef(agent="support-mail", version="v1", record=known.record)
        took = []
        for turn in range(number):
            run, round_number = f"r{turn // 20}", turn % 20
            digest = parts.store.put(steps((READ[0], {"mail": f"m{turn}"})), "confidential", today())
            acting.show(agent, run, round_number, digest)
            act = Act(
                agent=agent,
                run=run,
                environment="dev",
                begun_by="ana@example.com",
                plan=digest,
                round=round_number,
                index=0,
                tokens_left=100,
                token_cents=0,
                seconds_left=60.0,
                read_only=False,
            )
            begun = time.perf_counter()
            assert acting.act(act).result == "done"
            took.append(1000 * (time.perf_counter() - begun))
    cuts = statistics.quantiles(took, n=100)
    print(f"an act, {number} times: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms")


def cpu(stack):
    """Seconds of CPU that the three workers took."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = 0.0
    for worker in stack.workers.values():
        fields = Path(f"/proc/{worker.pid}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / ticks
    return found


def rss(pid):
    """Megabytes of memory of a process."""
    line = next(x for x in Path(f"/proc/{pid}/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def begun(stack, client, number, prefix):
    agents, store = FolderAgents(stack.root / "releases"), FolderStore(stack.root / "store")
    request = agent_request(
        agents,
        store,
        agent="support-mail",
        version="v1",
        task={"mail": "m1"},
        environment="dev",
        begun_by="ana@example.com",
        today=datetime.now(UTC).date(),
    )
    return [
        await client.start_workflow(
            "agent",
            request,
            id=f"agent-{prefix}-{n}",
            task_queue=queue_of(request.queue, "act"),
            result_type=Outcome,
        )
        for n in range(number)
    ]


async def runs(stack, number):
    """How long runs of four tool calls take on one worker a part."""
    client = await Client.connect(stack.server.address)
    begin, used = time.perf_counter(), cpu(stack)
    handles = await begun(stack, client, number, "run")
    outcomes = [await handle.result() for handle in handles]
    seconds = time.perf_counter() - begin
    assert {outcome.result for outcome in outcomes} == {"done"}
    used = cpu(stack) - used
    print(
        f"{number} runs of 4 calls: {seconds:.1f} s, {60 * number / seconds:.0f} a minute; the workers took "
        f"{used:.1f} s of CPU, {1000 * used / number:.0f} ms a run"
    )


def asked(database):
    """How many questions stand in the journal."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        return connection.execute("select count(*) from journal where kind = 'question'").fetchone()[0]


async def waiting(stack, number):
    """What runs that wait for a person cost the worker that acts."""
    client = await Client.connect(stack.server.address)
    pid = stack.workers["act"].pid
    before = rss(pid)
    await begun(stack, client, number, "wait")
    while asked(stack.root / "agent.db") < number:  # noqa: ASYNC110 another process is waited for
        await asyncio.sleep(0.5)
    await asyncio.sleep(5)
    after = rss(pid)
    print(f"{number} runs wait: {before:.0f} MB before, {after:.0f} MB now")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=500)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--waiting", type=int, default=1000)
    parser.add_argument("--engine", choices=("file", "memory"), default="memory", help="where its runs lie")
    words = parser.parse_args()
    acts(words.acts)
    more = steps(("open-ticket", {"subject": "b"}), ("read-mail", {"mail": "m1"}))
    for plans, number, measured in (
        ((steps(READ, OPEN), more), words.runs, runs),
        ((steps(OPEN, MAIL),), words.waiting, waiting),
    ):
        if not number:
            continue
        with tempfile.TemporaryDirectory() as root:
            server = Server(Path(root), in_memory=words.engine == "memory")
            stack = AgentStack(Path(root), server, *plans, budgets__parallel_runs=1000)
            try:
                stack.start()
                asyncio.run(measured(stack, number))
            finally:
                stack.end()
                server.end()


if __name__ == "__main__":
    main()
