"""Runs as people read them."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from temporalio.client import Client, WorkflowExecution

from runtime.loops.settings import LoopsError
from runtime.loops.starting import status_of
from runtime.loops.steps import Status


async def listed(client: Client, limit: int) -> list[dict[str, Any]]:
    """The newest runs, with the state of those that go on."""
    return [await _one(client, execution) async for execution in client.list_workflows(limit=limit)]


async def _one(client: Client, execution: WorkflowExecution) -> dict[str, Any]:
    ended = execution.close_time is not None
    state = execution.status.name.lower() if execution.status else "unknown"
    asked = None
    try:
        status = await status_of(client, execution.id)
        state, asked = status.state, status.asked
    except LoopsError as error:
        state = state if ended else str(error)
    return {
        "run": execution.id,
        "kind": execution.workflow_type,
        "begun": execution.start_time.isoformat(timespec="seconds"),
        "ended": execution.close_time.isoformat(timespec="seconds") if execution.close_time else "",
        "state": state,
        "asks": asked.text if asked else "",
    }


def table(runs: list[dict[str, Any]]) -> Iterator[str]:
    """A line a run."""
    if not runs:
        yield "no run yet"
    width = max((len(run["run"]) for run in runs), default=0)
    for run in runs:
        yield f"{run['run']:{width}}  {run['begun']}  {'ended' if run['ended'] else 'runs '}  {run['state']}"
        if run["asks"]:
            yield f"{'':{width}}  slipway approve {run['run']}, or slipway refuse {run['run']}"


def told(run: str, status: Status) -> Iterator[str]:
    """Everything one run says of itself."""
    yield f"{run}: {status.state}"
    if status.asked is not None:
        asked = status.asked
        yield f"  asks ({asked.number}, until {asked.until}): {asked.text}"
        yield f"  because of {', '.join(asked.policies)}"
    yield from (f"  {line}" for line in status.lines)


def plain(status: Status) -> dict[str, Any]:
    return asdict(status)
