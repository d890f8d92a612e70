"""Plays one task: the record's own agent, over the real workflow, gate, Cedar policies and journal."""

import asyncio
import itertools
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.testing import WorkflowEnvironment

from releases.agent import Agent
from releases.agent_tool import Tool
from runtime.loops.agents.begin import agent_request
from runtime.loops.agents.build import engine_time
from runtime.loops.agents.calls import queue_of
from runtime.loops.agents.database import Database
from runtime.loops.agents.gate import Gate
from runtime.loops.agents.guard import Rules
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.ledger import Ledger
from runtime.loops.agents.records import AgentsPort, Known
from runtime.loops.agents.store import FolderStore
from runtime.loops.agents.thinking import Mind, Said, ThinkerPort
from runtime.loops.agents.tools import HttpTools, Permit, Tools
from runtime.loops.agents.worker import acting_worker, thinking_worker
from runtime.loops.events.signing import KeyFile
from runtime.loops.ports import PolicyPort, UnavailableError
from runtime.loops.steps import Outcome
from runtime.loops.suites.agents.judge import Effect, Played
from runtime.loops.suites.agents.people import Desk, answered
from runtime.loops.suites.agents.systems import TaskSystems, serve
from runtime.loops.suites.agents.tasks import Task

BEGUN_BY: Final = "slipway-evaluation@suite"
_SCHEMES: Final = ("http", "https", "run")
_UNDONE: Final = "/undo"
_SECONDS: Final = 1800.0
"""How long a run may take in real time."""
_MOST_FAILURES: Final = 3
_NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Candidate:
    """Records in which an agent that nobody approved yet counts as approved: it is measured before anybody does.

    A version that was revoked stays so.
    """

    agents: AgentsPort

    def known(self, agent: str, version: str, today: date) -> Known:
        known = self.agents.known(agent, version, today)
        return replace(known, word="approved") if known.word in {"not approved", "deprecated"} else known


@dataclass(frozen=True)
class Loopback:
    """Reaches every tool at one address on loopback, whatever address its record names."""

    address: str
    http: HttpTools

    def send(self, permit: Permit, tool: Tool, arguments: Mapping[str, Any]) -> Any:
        return self.http.send(permit, tool.model_copy(update={"reaches": self.address}), arguments)


@dataclass
class Counted:
    """A model whose tokens are counted, and how often it did not answer in a row."""

    thinker: ThinkerPort
    tokens: int = 0
    failures: int = 0

    def chat(self, messages: Sequence[Mapping[str, str]], most_tokens: int) -> Said:
        self.failures += 1
        said = self.thinker.chat(messages, most_tokens)
        self.failures = 0
        self.tokens += said.tokens
        return said

    def hold(self) -> None:
        """A run asks for as long as its record lets it; nobody who measures waits that long.

        Raises:
            UnavailableError: it does not answer.
        """
        if self.failures > _MOST_FAILURES:
            raise UnavailableError(f"the model did not answer {_MOST_FAILURES} times in a row")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What all tasks of a suite are played with. ``engine`` is a server that skips time only where it is told to."""

    engine: WorkflowEnvironment
    executor: Executor
    agents: AgentsPort
    agent: str
    version: str
    policy: PolicyPort
    thinker: ThinkerPort
    folder: Path
    signer: KeyFile = field(default_factory=lambda: KeyFile(Ed25519PrivateKey.generate()))


async def play(stage: Stage, task: Task) -> Played:
    """Play one task to its end, in a database, a journal and a world of its own.

    Raises:
        UnavailableError: the model does not answer.
        TimeoutError: it does not end.
    """
    known = stage.agents.known(stage.agent, stage.version, _today())
    folder = stage.folder / f"{next(_NUMBERS)}-{task.name}"
    store, database = FolderStore(folder / "store"), Database(folder / "agent.db")
    journal, thinker = Journal(database, stage.signer), Counted(stage.thinker)
    people = Desk(agent=known.agent, approvers=known.approvers, journal=journal, store=store)
    systems = TaskSystems(task.world, task.faults)
    with _reached(systems, folder, known.agent) as caller:
        gate = Gate(
            agents=stage.agents,
            policy=stage.policy,
            people=people.known,
            store=store,
            database=database,
            journal=journal,
            ledger=Ledger(database),
            tools=Tools(journal, dict.fromkeys(_SCHEMES, caller)),
            guard=Rules(),
            now=engine_time,
        )
        mind = Mind(agents=stage.agents, store=store, thinker=thinker, now=engine_time)
        run = f"suite-{folder.name}"
        outcome, asked = await asyncio.wait_for(
            _run(stage, (gate, mind, people, thinker), task, run), timeout=_SECONDS
        )
    effects = [
        Effect(tool=tool, arguments=arguments, is_undone=f"{key}{_UNDONE}" in systems.done)
        for key, (tool, arguments) in systems.done.items()
        if not key.endswith(_UNDONE) and known.agent.tools[tool].effect.kind != "read"
    ]
    price = known.agent.model.cents_per_million_tokens
    return Played(
        result=outcome.result,
        reason=outcome.reason,
        effects=effects,
        asked=asked,
        tokens=thinker.tokens,
        cents=Ledger(database).spent(run).cents - (-thinker.tokens * price // 1_000_000),
        journal_faults=list(journal.faults(run, {stage.signer.key: stage.signer.public_der})),
    )


async def _run(
    stage: Stage, parts: tuple[Gate, Mind, Desk, Counted], task: Task, run: str
) -> tuple[Outcome, list[Effect]]:
    """The run beside its three workers. Time passes as anywhere: only silence is skipped over."""
    gate, mind, people, thinker = parts
    engine, queue = stage.engine, run
    async with AsyncExitStack() as workers:
        await workers.enter_async_context(
            thinking_worker(engine.client, queue, "reason", mind, stage.executor)
        )
        await workers.enter_async_context(thinking_worker(engine.client, queue, "plan", mind, stage.executor))
        await workers.enter_async_context(acting_worker(engine.client, queue, gate, stage.executor))
        request = agent_request(
            stage.agents,
            gate.store,
            agent=stage.agent,
            version=stage.version,
            task=task.task,
            environment="suite",
            begun_by=BEGUN_BY,
            today=_today(),
        )
        with engine.auto_time_skipping_disabled():
            handle = await engine.client.start_workflow(
                "agent",
                # Queues of its own: a worker of the task before may still take what stands in the agent's.
                replace(request, queue=queue),
                id=run,
                task_queue=queue_of(queue, "act"),
                result_type=Outcome,
            )
            return await answered(handle, engine, task.people, people, thinker.hold)


@contextmanager
def _reached(systems: TaskSystems, folder: Path, agent: Agent) -> Iterator[Loopback]:
    """The world of a task as a server, and how the gate reaches it."""
    identities = folder / "identities"
    identities.mkdir(parents=True)
    for tool in agent.tools.values():
        (identities / tool.identity).write_text("of a suite", encoding="ascii")
    address, server = serve(systems)
    try:
        yield Loopback(address, HttpTools(identities))
    finally:
        server.shutdown()
        server.server_close()


def _today() -> date:
    return datetime.now(UTC).date()
