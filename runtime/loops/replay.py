"""Recorded histories against today's code: a run that was begun yesterday must go on as it began."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from temporalio.client import Client, WorkflowHistory
from temporalio.worker import Replayer

from runtime.loops.agents.workflow import AgentWorkflow
from runtime.loops.settings import LoopsError
from runtime.loops.worker import WORKFLOWS


async def replayed(histories: Sequence[WorkflowHistory]) -> Mapping[str, str]:
    """What is wrong with each history by the id of its run; nothing for one that replays."""
    found: dict[str, str] = {}
    for history in histories:
        replayer = Replayer(workflows=[*WORKFLOWS.values(), AgentWorkflow])
        result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
        failure = result.replay_failure
        found[history.workflow_id] = f"{type(failure).__name__}: {failure}" if failure else ""
    return found


def recorded(folder: Path) -> list[WorkflowHistory]:
    """The histories of a folder, ``<run>.json``.

    Raises:
        LoopsError: there is none, or a file is none.
    """
    paths = sorted(folder.glob("*.json")) if folder.is_dir() else [folder]
    if not paths:
        raise LoopsError(f"{folder}: holds no history (*.json); slipway replay RUN --save FOLDER writes one")
    try:
        return [WorkflowHistory.from_json(path.stem, path.read_text(encoding="utf-8")) for path in paths]
    except (OSError, ValueError) as error:
        raise LoopsError(f"{folder}: cannot be read as histories: {error}") from None


async def fetched(client: Client, run: str) -> WorkflowHistory:
    return await client.get_workflow_handle(run).fetch_history()


def saved(history: WorkflowHistory, folder: Path) -> Path:
    """The history as a file that :func:`recorded` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{history.workflow_id}.json"
    data: dict[str, Any] = json.loads(history.to_json())
    path.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    return path
