"""An outage's alerts through the door's own process and a real engine: one run of the triage agent, and no second."""

import asyncio
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from temporalio.client import Client

from tests.runtime.loops import folders
from tests.runtime.loops.processes.stack import Stack, until


@pytest.fixture
def stack(server, tmp_path):
    triage = {"agent": "incident-triage", "version": "v2"}
    one = Stack(tmp_path, server, triage=triage, minute_seconds=60.0)
    shutil.copytree(folders.ROOT / "releases" / "agents", tmp_path / "releases" / "agents")
    shutil.copytree(
        folders.ROOT / "releases" / "models" / "support-chat",
        tmp_path / "releases" / "models" / "support-chat",
    )
    yield one
    one.end()


def told(receiver, name, since):
    labels = {"alertname": name, "model": "minilm", "version": "v1", "severity": "critical"}
    alert = {"status": "firing", "startsAt": since.isoformat(), "labels": labels}
    return receiver.post("/alerts", json.dumps({"version": "4", "alerts": [alert]}).encode())


def agents_runs(stack):
    async def ask():
        client = await Client.connect(stack.settings.temporal.address)
        return [one async for one in client.list_workflows("WorkflowType = 'agent'")]

    return asyncio.run(ask())


def test_four_alerts_at_once_are_one_run_and_after_its_end_none_begins_another(stack):
    receiver, now = stack.receive(), datetime.now(UTC)
    with ThreadPoolExecutor(4) as four:
        answers = list(four.map(lambda n: told(receiver, f"Burn{n}", now), range(4)))
    run = f"agent-incident-triage-alert-minilm-{now.strftime('%Y%m%dt%H%M%S')}"
    assert answers == [(200, {"runs": ["remedy-minilm-v1", run]})] * 4
    until(lambda: [one.id for one in agents_runs(stack)] == [run], "the run is listed")

    # Another door knows nothing of the first but what the engine lists.
    again = stack.receive()
    assert told(again, "BurnSlow", datetime.now(UTC)) == (200, {"runs": ["remedy-minilm-v1", run]})

    async def end():
        client = await Client.connect(stack.settings.temporal.address)
        await client.get_workflow_handle(run).terminate()

    asyncio.run(end())
    for door in (receiver, again):
        assert told(door, "BurnSlow", datetime.now(UTC)) == (200, {"runs": ["remedy-minilm-v1"]})
    assert [one.id for one in agents_runs(stack)] == [run]
