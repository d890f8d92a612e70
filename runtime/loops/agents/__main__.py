"""``python -m runtime.loops.agents``: workers of an agent, and what people do with its runs."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from runtime.loops import starting
from runtime.loops.agents import counted
from runtime.loops.agents.begin import agent_request, agent_run
from runtime.loops.agents.build import gate_of, mind_of, store_of, traces_of
from runtime.loops.agents.calls import queue_of
from runtime.loops.agents.contract import AgentRequest
from runtime.loops.agents.database import Database
from runtime.loops.agents.desk import Desk, desk_server
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.loop_tools import LoopTools
from runtime.loops.agents.records import FolderAgents
from runtime.loops.agents.settings import AgentSettings, load_agent_settings
from runtime.loops.agents.show import told
from runtime.loops.agents.store import FolderStore
from runtime.loops.agents.worker import ACTIVITY_THREADS, acting_worker, thinking_worker
from runtime.loops.build import shares_of
from runtime.loops.events.signing import KeyFile
from runtime.loops.figures.prometheus import PrometheusFigures
from runtime.loops.people.statements import known_keys
from runtime.loops.settings import LoopsError, load_settings

ERROR = 2


def main(words: Sequence[str] | None = None) -> int:
    """Run a command; what a person has to mend is one message and exit code 2."""
    asked = _parser().parse_args(words)
    try:
        return int(asyncio.run(asked.run(asked)))
    except LoopsError as error:
        print(error, file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        return 130


async def _work(asked: argparse.Namespace) -> int:
    """Work on the part's queue until the process is told to end."""
    settings = load_agent_settings(asked.settings)
    client = await starting.connect(settings.temporal, settings.metrics)
    queue = _agents(settings).known(settings.agent, settings.version, _today()).agent.queue
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    traces, send_the_last = traces_of(settings)
    with ThreadPoolExecutor(ACTIVITY_THREADS) as executor:
        if settings.acting is not None:
            loops = load_settings(Path(settings.acting.loops)) if settings.acting.loops else None
            callers = {"run": LoopTools(client, loop, loops)} if loops is not None else {}
            worker = acting_worker(
                client, queue, gate_of(settings, settings.acting, callers, traces), executor
            )
            if (exporting := client.service_client.config.runtime) is not None:
                counted.begin(exporting.metric_meter, settings.agent, settings.version)
        elif settings.gateway is not None and settings.part != "act":
            mind = mind_of(settings, settings.gateway, traces)
            worker = thinking_worker(client, queue, settings.part, mind, executor)
        async with worker:
            print(f"works on {queue_of(queue, settings.part)} at {settings.temporal.address}", flush=True)
            await ended.wait()
    await asyncio.to_thread(send_the_last)
    return 0


async def _begin(asked: argparse.Namespace) -> int:
    settings = load_agent_settings(asked.settings)
    if settings.acting is None:
        raise LoopsError("begin: needs the settings of the part that acts")
    try:
        task = json.loads(asked.task.read_text(encoding="utf-8"))
        key = KeyFile.load(asked.key)
        who = known_keys(Path(settings.acting.keys)).owner(key.key)
    except (OSError, ValueError, PermissionError) as error:
        raise LoopsError(f"begin: {error}") from None
    client = await starting.connect(settings.temporal)
    request = agent_request(
        _agents(settings),
        store_of(settings),
        agent=settings.agent,
        version=settings.version,
        task=task,
        environment=settings.environment,
        begun_by=who,
        today=_today(),
        minute_seconds=settings.minute_seconds,
    )
    run = agent_run(settings.agent, asked.name)
    await _start(client, run, request)
    print(f"{run} runs")
    return 0


async def _start(client: Client, run: str, request: AgentRequest) -> None:
    try:
        await client.start_workflow(
            "agent",
            request,
            id=run,
            task_queue=queue_of(request.queue, "act"),
            # The journal knows a run by its name: what one did would count as done for a second one.
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
    except WorkflowAlreadyStartedError:
        raise LoopsError(
            f"{run} was begun already; slipway runs {run} shows it, and another task has another name"
        ) from None


async def _show(asked: argparse.Namespace) -> int:
    """Print a run's journal; 1 where it is not what was signed."""
    settings = load_agent_settings(asked.settings)
    if settings.acting is None:
        raise LoopsError("show: needs the settings of the part that acts")
    try:
        signer = KeyFile.load(Path(settings.acting.key))
    except ValueError as error:
        raise LoopsError(f"acting.key: {error}") from None
    journal = Journal(Database(Path(settings.acting.database)), signer)
    store = store_of(settings)
    lines, faults = told(journal, store, asked.name, {signer.key: signer.public_der})
    for line in lines:
        print(line)
    return 1 if faults else 0


async def _sweep(asked: argparse.Namespace) -> int:
    """Take away texts whose days are over."""
    settings = load_agent_settings(asked.settings)
    if settings.bucket is not None:
        raise LoopsError(
            f"sweep: {settings.bucket.name} ends objects by its own rules; there is nothing to do"
        )
    known = _agents(settings).known(settings.agent, settings.version, _today())
    days = {str(name): kept for name, kept in known.agent.memory.retention_days.items()}
    gone = FolderStore(Path(settings.store)).sweep(days, _today())
    print(f"{gone} texts are gone")
    return 0


async def _desk(asked: argparse.Namespace) -> int:
    """Serve what the triage agent reads, until the process is told to end."""
    settings = load_settings(asked.settings)
    desk = Desk(
        figures=PrometheusFigures(settings.prometheus.url, settings.prometheus.queries),
        shares=shares_of(settings.shares),
        releases=Path(settings.releases),
        alertmanager=asked.alertmanager,
    )
    served = desk_server(desk, asked.host, asked.port)
    print(f"the desk answers on http://{asked.host}:{served.server_port}", flush=True)
    with served:
        await asyncio.to_thread(served.serve_forever)
    return 0


def _agents(settings: AgentSettings) -> FolderAgents:
    return FolderAgents(Path(settings.releases))


def _today() -> date:
    return datetime.now(UTC).date()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m runtime.loops.agents", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (
        ("worker", _work, "work as one part of an agent"),
        ("begin", _begin, "begin a run"),
        ("show", _show, "print the journal of a run, and whether it is what was signed"),
        ("sweep", _sweep, "take away texts whose days are over"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(run=run)
        command.add_argument("--settings", type=Path, required=True, help="the part's settings (YAML)")
        if name in {"begin", "show"}:
            command.add_argument("name", metavar="task" if name == "begin" else "run")
        if name == "begin":
            command.add_argument("task", type=Path, help="a file with the task (JSON)")
            command.add_argument(
                "--key", type=Path, required=True, help="your private key: it says who begins"
            )
    desk = commands.add_parser("desk", help="serve what the triage agent reads")
    desk.set_defaults(run=_desk)
    desk.add_argument("--settings", type=Path, required=True, help="the loops' settings (YAML)")
    desk.add_argument("--alertmanager", required=True, help="its address, such as http://127.0.0.1:9093")
    desk.add_argument("--host", default="127.0.0.1")
    desk.add_argument("--port", type=int, default=0)
    return parser


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads of the SDK's core outlive its client, and an interpreter that ends under them aborts (temporalio 1.35.0).
    os._exit(code)
