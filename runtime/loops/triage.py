"""The triage agent's run of an outage: begun by the door that takes alerts, one however many alerts tell of it."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from runtime.loops import names
from runtime.loops.agents.begin import agent_run, alerted_request
from runtime.loops.agents.calls import queue_of
from runtime.loops.agents.contract import Alerted
from runtime.loops.agents.records import FolderAgents, Known
from runtime.loops.alerts import Outage
from runtime.loops.clock import SteadyClock
from runtime.loops.ports import UnavailableError
from runtime.loops.settings import LoopsError, LoopsSettings, TriageSettings

_HOUR_MINUTES: Final = 60
_STAMP: Final = re.compile(r"-\d{8}t\d{6}$")


@dataclass(frozen=True, kw_only=True)
class Before:
    """A run that alerts began: of which model, since when, and until when if it has ended."""

    run: str
    model: str
    begun: datetime
    ended: datetime | None


@dataclass(frozen=True, kw_only=True)
class Triage:
    """Begins runs of one agent, in the name of the door: it is nobody's approver."""

    settings: LoopsSettings
    triage: TriageSettings
    client: Client
    now: Callable[[], datetime] = field(default_factory=SteadyClock)
    _agents: FolderAgents = field(init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _last: dict[str, str] = field(default_factory=dict)
    """The newest run by model: the engine lists a run a moment after it knows it."""

    def __post_init__(self) -> None:
        """The records beside the models'."""
        object.__setattr__(self, "_agents", FolderAgents(Path(self.settings.releases).parent))

    async def begin(self, outage: Outage) -> str:
        """The run of this outage, begun now or before; empty where one looked into it and has ended.

        Raises:
            LoopsError: the agent may not run.
            UnavailableError: as many runs as may be go on, or were begun within the hour.
        """
        known = await asyncio.to_thread(self._known)
        async with self._lock:
            before = await self._before()
            own = [run for run in before.values() if run.model == outage.model]
            if going := [run.run for run in own if run.ended is None]:
                return going[0]
            quiet = timedelta(minutes=self.triage.quiet_minutes) * self._scale
            if any(run.ended and outage.since <= run.ended + quiet for run in own):
                return ""  # the alert began while that run looked, or soon after: it is the same outage
            self._hold(before, known.agent.budgets.parallel_runs)
            return await self._start(outage, known)

    @property
    def _scale(self) -> float:
        """How long a minute of a record lasts, in minutes."""
        return self.settings.minute_seconds / 60

    def _known(self) -> Known:
        agent, version = self.triage.agent, self.triage.version
        try:
            known = self._agents.known(agent, version, self.now().date())
        except LookupError as error:
            raise LoopsError(f"triage: {agent} {version} cannot be read:", str(error).splitlines()) from None
        if known.word != "approved":
            raise LoopsError(f"triage: {agent} {version} is {known.word}, and begins no run")
        return known

    def _hold(self, before: Mapping[str, Before], most: int) -> None:
        going = sum(run.ended is None for run in before.values())
        if going >= most:
            raise UnavailableError(f"{self.triage.agent}: {going} runs go on, and {most} may")
        # Runs were begun by the engine's clock: ours may be behind it, and then the hour would begin too early.
        now = max([self.now(), *(run.begun for run in before.values())])
        since = now - timedelta(minutes=_HOUR_MINUTES) * self._scale
        begun = sum(run.begun > since for run in before.values())
        if begun >= self.triage.runs_an_hour:
            raise UnavailableError(
                f"{self.triage.agent}: alerts began {begun} runs within the hour, and may begin "
                f"{self.triage.runs_an_hour}"
            )

    async def _before(self) -> dict[str, Before]:
        """What alerts began, as far as the engine keeps it."""
        prefix = agent_run(self.triage.agent, "alert-")
        found = {}
        async for each in self.client.list_workflows(
            f"WorkflowType = 'agent' AND WorkflowId STARTS_WITH '{prefix}'"
        ):
            found[each.id] = Before(
                run=each.id, model=_model(each.id, prefix), begun=each.start_time, ended=each.close_time
            )
        for model, run in self._last.items():
            told = await self.client.get_workflow_handle(run).describe()
            found[run] = Before(run=run, model=model, begun=told.start_time, ended=told.close_time)
        return found

    async def _start(self, outage: Outage, known: Known) -> str:
        stamp = outage.since.astimezone(UTC).strftime("%Y%m%dt%H%M%S")
        run = agent_run(self.triage.agent, f"alert-{outage.model}-{stamp}")
        request = alerted_request(
            known,
            Alerted(model=outage.model, version=outage.version, alert=outage.alert, severity=outage.severity),
            environment=self.settings.environment,
            begun_by=names.door(self.settings.environment),
            minute_seconds=self.settings.minute_seconds,
        )
        try:
            await self.client.start_workflow(
                "agent",
                request,
                id=run,
                task_queue=queue_of(request.queue, "act"),
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                # The journal knows a run by its name: what one did would count as done for a second one.
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            )
        except WorkflowAlreadyStartedError:
            return ""
        self._last[outage.model] = run
        return run


def _model(run: str, prefix: str) -> str:
    return _STAMP.sub("", run.removeprefix(prefix))
