"""Who answers a task's questions: a person of the record's group with a key, who says what the task has them say."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from releases.agent import Agent
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.store import StorePort
from runtime.loops.contract import Said, Statement
from runtime.loops.events.signing import KeyFile
from runtime.loops.people.statements import KnownKeys, attested
from runtime.loops.steps import Asked, Outcome, Status
from runtime.loops.suites.agents.judge import Effect
from runtime.loops.suites.agents.tasks import Person

DOOR: Final = "door"
_POLL_SECONDS: Final = 0.05
_MARGIN_SECONDS: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a person needs to answer: a key that the gate knows, and the words of a question."""

    agent: Agent
    approvers: Mapping[str, Sequence[str]]
    journal: Journal
    store: StorePort
    key: KeyFile = field(default_factory=lambda: KeyFile(Ed25519PrivateKey.generate()))

    @property
    def known(self) -> KnownKeys:
        """As the gate knows who answers."""
        return KnownKeys({DOOR: self.key.public_der})

    def asked(self, run: str, question: int) -> Effect:
        """The call that a question is about."""
        entry = self.journal.find(run, "question", str(question))
        words: dict[str, Any] = self.store.get(str(entry.body["words"])) if entry is not None else {}
        return Effect(tool=str(words.get("tool", "")), arguments=words.get("arguments", {}))

    def approver(self, tool: str) -> str:
        """Somebody whose yes counts for a call of this tool."""
        asked = self.agent.approval_of(tool) if tool in self.agent.tools else None
        group = asked.by if asked else next((each.by for each in self.agent.approvals), "")
        return next(iter(self.approvers.get(group, ())), "nobody@example.com")


async def answered(
    handle: WorkflowHandle[Any, Any],
    environment: WorkflowEnvironment,
    people: Sequence[Person],
    desk: Desk,
    hold: Callable[[], None],
) -> tuple[Outcome, list[Effect]]:
    """The outcome of a run whose questions are answered, and what was asked. Where people are silent, time passes.

    ``hold`` is asked again and again, and raises where waiting is of no use.
    """
    asked: list[Effect] = []
    while True:
        hold()
        status: Status = await handle.query("status", result_type=Status)
        if status.outcome is not None:
            outcome: Outcome = await handle.result()
            return outcome, asked
        if status.asked is not None and status.asked.number > len(asked):
            call = desk.asked(handle.id, status.asked.number)
            asked.append(call)
            await _answer(handle, environment, desk, (status.asked, call, _said(call, people)))
        await asyncio.sleep(_POLL_SECONDS)


def _said(call: Effect, people: Sequence[Person]) -> Said | None:
    """What the first person says who knows such a call; nothing where they say nothing."""
    for person in people:
        if person.holds(call.tool, call.arguments):
            return None if person.says == "silent" else person.says
    return "refused"


async def _answer(
    handle: WorkflowHandle[Any, Any],
    environment: WorkflowEnvironment,
    desk: Desk,
    question: tuple[Asked, Effect, Said | None],
) -> None:
    asked, call, says = question
    now = await environment.get_current_time()
    if says is None:
        await environment.sleep(_until(asked) - now.timestamp() + _MARGIN_SECONDS)
        return
    said = Statement(
        run=handle.id,
        question=asked.number,
        decision=says,
        who=desk.approver(call.tool),
        at=now.astimezone(UTC).isoformat(),
        signature="",
    )
    await handle.signal("decide", attested(said, desk.key))


def _until(asked: Asked) -> float:
    return datetime.fromisoformat(asked.until).timestamp()
