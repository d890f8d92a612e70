"""How workflows call activities: how long one may take, how it is tried again, and what no retry makes better."""

from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from runtime.loops.contract import (
        Decision,
        Figures,
        Question,
        ReleaseFacts,
        Shares,
        Statement,
        VersionRef,
    )
    from runtime.loops.requests import EvaluationRequest
    from runtime.loops.steps import (
        Acted,
        Change,
        DriftLook,
        MeasuredValue,
        Moved,
        Opening,
        Proposal,
        Saying,
        SignalSeen,
        Watch,
        Watched,
    )

FINAL: Final = [
    "BoundsError",
    "RefusedError",
    "PermissionError",
    "LookupError",
    "KeyError",
    "ValueError",
    "TypeError",
]
"""Errors that come again however often it is tried."""
LONGEST_PAUSE: Final = 30.0
"""Seconds between two attempts, at most."""
_SOON: Final = 5.0
"""The same where people wait to hear that traffic moved."""
_ONCE: Final = timedelta(seconds=15)
"""How long one attempt may take. A worker that was killed in it is noticed after this."""
_PUSHED: Final = timedelta(seconds=120)
"""How long an event may take, which may be pushed to a remote."""


async def _call(
    name: str,
    args: list[Any],
    result: type[Any],
    within: float | None = None,
    *,
    once: timedelta = _ONCE,
    longest: float = LONGEST_PAUSE,
    beats: bool = False,
) -> Any:
    return await workflow.execute_activity(
        name,
        args=args,
        result_type=result,
        start_to_close_timeout=once,
        heartbeat_timeout=_ONCE if beats else None,
        schedule_to_close_timeout=timedelta(seconds=within) if within is not None else None,
        retry_policy=RetryPolicy(
            initial_interval=timedelta(seconds=1),
            backoff_coefficient=2.0,
            maximum_interval=timedelta(seconds=longest),
            non_retryable_error_types=FINAL,
        ),
    )


def today() -> str:
    return workflow.now().date().isoformat()


async def facts(release: VersionRef) -> ReleaseFacts:
    found: ReleaseFacts = await _call("facts", [release, today()], ReleaseFacts)
    return found


async def shares(model: str) -> Shares:
    found: Shares = await _call("shares", [model], dict[str, int])
    return found


async def watch(look: Watch, within: float) -> Watched:
    found: Watched = await _call("watch", [look], Watched, within)
    return found


async def figures(model: str, version: str, window_seconds: float, within: float) -> Figures:
    found: Figures = await _call("figures", [model, version, window_seconds], Figures, within)
    return found


async def set_shares(change: Change) -> Acted:
    acted: Acted = await _call("set-shares", [change], Acted)
    return acted


async def verify_moved(moved: Moved, within: float) -> dict[str, Figures]:
    found: dict[str, Figures] = await _call(
        "verify-moved", [moved], dict[str, Figures], within, longest=_SOON
    )
    return found


async def verify_statement(statement: Statement) -> str:
    who: str = await _call("verify-statement", [statement], str)
    return who


async def drift(look: DriftLook, within: float) -> SignalSeen:
    found: SignalSeen = await _call("drift", [look], SignalSeen, within)
    return found


async def decide(question: Question) -> Decision:
    found: Decision = await _call("decide", [question], Decision)
    return found


async def measure(request: EvaluationRequest) -> MeasuredValue:
    found: MeasuredValue = await _call(
        "measure",
        [request],
        MeasuredValue,
        3 * request.timeout_seconds,
        once=timedelta(seconds=request.timeout_seconds + _ONCE.total_seconds()),
        beats=True,
    )
    return found


async def open_for_people(opening: Opening) -> Decision:
    found: Decision = await _call("open", [opening], Decision)
    return found


async def append(saying: Saying) -> str:
    name: str = await _call("append", [saying], str, once=_PUSHED)
    return name


async def propose(proposal: Proposal) -> str:
    where: str = await _call("propose", [proposal], str)
    return where
