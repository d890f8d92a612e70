"""What a worker costs while many rollouts wait: ``python -m tests.runtime.loops.measure_rollouts --runs 1000``.

Temporal's development server on loopback, one worker process with the world in memory (no Prometheus, no routes), and
a rollout of each model that was given its first step. Then the worker's processor time and memory are read from /proc
over a window. A look comes every sixth of a hold: with ``--hold-minutes 30`` that is every five minutes, twice as often
as by a record's default of sixty.
"""

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from runtime.loops.contract import VersionRef
from runtime.loops.names import rollout_run
from runtime.loops.worker import worker
from tests.runtime.loops.examples import BOUNDS, V1, V2, rollout
from tests.runtime.loops.memory import Parts
from tests.runtime.loops.processes.stack import Server

_AT_ONCE = 20
_TICKS = os.sysconf("SC_CLK_TCK")


def work(address: str, ready: "multiprocessing.Event") -> None:  # type: ignore[valid-type]
    """A worker of rollouts until it is ended."""

    async def run() -> None:
        parts = Parts(v1=100)
        parts.shares.now = defaultdict(lambda: {"v1": 100})
        client = await Client.connect(address)
        with ThreadPoolExecutor(8) as executor:
            async with worker(client, "rollout", parts.world(), executor):
                ready.set()
                await asyncio.Event().wait()

    asyncio.run(run())


def seconds_of(pid: int) -> float:
    """Processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def megabytes_of(pid: int) -> float:
    """Memory that it holds."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


async def given(handle: WorkflowHandle[Any, Any]) -> bool:
    """Whether its candidate has a share; a machine that is busy may not say."""
    try:
        return " per cent" in (await handle.query("status"))["state"]
    except RPCError:
        return False


async def begin(address: str, runs: int, hold_seconds: float) -> None:
    """Start them, and wait until each gave its candidate the first step."""
    client, gate = await Client.connect(address), asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> None:
        name = f"model-{number}"
        refs = [VersionRef(model=name, version=ref.version, record=ref.record) for ref in (V1, V2)]
        request = rollout(
            stable=refs[0], candidate=refs[1], bounds=replace(BOUNDS, hold_seconds=hold_seconds)
        )
        async with gate:
            handle = await client.start_workflow(
                "rollout", request, id=rollout_run(name), task_queue="rollout"
            )
            while not await given(handle):  # noqa: ASYNC110 a query tells nobody
                await asyncio.sleep(1)

    await asyncio.gather(*(one(number) for number in range(runs)))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--hold-minutes", type=float, default=60)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        ready = context.Event()
        process = context.Process(target=work, args=(server.address, ready), daemon=True)
        process.start()
        try:
            assert ready.wait(60), "the worker did not start"
            began = time.monotonic()
            asyncio.run(begin(server.address, asked.runs, asked.hold_minutes * 60))
            took = time.monotonic() - began
            before, begun = seconds_of(process.pid), time.monotonic()
            time.sleep(asked.seconds)
            used = (seconds_of(process.pid) - before) / (time.monotonic() - begun)
            print(
                f"{asked.runs} rollouts, a look every {asked.hold_minutes * 10:g} s: {used:.3f} cores, "
                f"{megabytes_of(process.pid):.0f} MB over {asked.seconds:g} s; begun in {took:.0f} s, "
                f"{before:.0f} s of processor; load {os.getloadavg()[0]:.1f}"
            )
        finally:
            process.terminate()
            process.join(20)
            server.end()


if __name__ == "__main__":
    main()
