"""How a run calls its activities: each on the queue of its kind, and how long it is tried."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from runtime.loops.agents.contract import (
        Act,
        Acted,
        AgentRef,
        AgentRequest,
        Ask,
        Ending,
        Note,
        Planned,
        Shown,
        Thought,
        Undo,
    )

Part = Literal["reason", "plan", "act"]
FINAL: Final = ["LookupError", "ValueError", "TypeError", "KeyError", "NoPermitError", "ValidationError"]
_MARGIN_SECONDS: Final = 15.0
"""What an attempt may take besides the call of the tool. A worker that was killed in it is noticed after both."""
_THINK_SECONDS: Final = 150.0
_ACT_SECONDS: Final = 600.0
"""How long a step is tried while a tool is away."""
_UNDO_SECONDS: Final = 3600.0


def queue_of(queue: str, part: Part) -> str:
    """The queue of one part of an agent: an identity of its own takes from it."""
    return f"{queue}-{part}"


@dataclass(frozen=True, kw_only=True)
class Calls:
    """Calls of one run; ``left`` is what is left of its time."""

    queue: str

    async def open(self, request: AgentRequest, run: str, left: float) -> None:
        await self._call("act", "open-run", [request, run], type(None), within=left)

    async def reason(self, ask: Ask, left: float) -> Thought:
        found: Thought = await self._call(
            "reason", "reason", [ask], Thought, once=_THINK_SECONDS, within=left
        )
        return found

    async def plan(self, ask: Ask, left: float) -> Planned:
        found: Planned = await self._call("plan", "plan", [ask], Planned, once=_THINK_SECONDS, within=left)
        return found

    async def show(self, agent: AgentRef, run: str, number: int, plan: str, left: float) -> None:
        await self._call("act", "show-plan", [agent, run, number, plan], type(None), within=left)

    async def ask(self, shown: Shown) -> Note:
        note: Note = await self._call("act", "ask-people", [shown], Note)
        return note

    async def act(self, act: Act, timeout_seconds: int, left: float) -> Acted:
        """An attempt that was begun is waited for: nobody may wonder afterwards whether it happened."""
        acted: Acted = await self._call(
            "act",
            "act",
            [act],
            Acted,
            once=timeout_seconds + _MARGIN_SECONDS,
            within=max(min(_ACT_SECONDS, left), timeout_seconds + _MARGIN_SECONDS),
        )
        return acted

    async def undo(self, act: Act, timeout_seconds: int) -> Acted:
        """Two calls at most: one that asks what became of the step, and the one that undoes it."""
        once = 2 * timeout_seconds + _MARGIN_SECONDS
        undo = Undo(act=act)
        acted: Acted = await self._call("act", "undo", [undo], Acted, once=once, within=_UNDO_SECONDS)
        return acted

    async def end(self, ending: Ending) -> int:
        """What the calls of the run cost, in cents."""
        cents: int | None = await self._call("act", "end-run", [ending], int | None)
        return cents or 0

    async def _call(
        self,
        part: Part,
        name: str,
        args: list[Any],
        result: Any,
        *,
        once: float = _MARGIN_SECONDS,
        within: float | None = None,
    ) -> Any:
        return await workflow.execute_activity(
            name,
            args=args,
            result_type=result,
            task_queue=queue_of(self.queue, part),
            start_to_close_timeout=timedelta(seconds=once),
            schedule_to_close_timeout=timedelta(seconds=max(within, 1.0)) if within is not None else None,
            retry_policy=RetryPolicy(
                initial_interval=timedelta(seconds=1),
                backoff_coefficient=2.0,
                maximum_interval=timedelta(seconds=30),
                non_retryable_error_types=FINAL,
            ),
        )
