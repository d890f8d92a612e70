"""Histories of agents' runs replay with today's code: those that are committed, and that of a run just made."""

import json
import os
import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory

from runtime.loops.replay import recorded, replayed
from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, refund, steps

FOLDER = Path(__file__).parent / "histories"


def anonymous(data):
    """Without the machine that a worker ran on."""
    if isinstance(data, list):
        return [anonymous(each) for each in data]
    if not isinstance(data, dict):
        return data
    return {
        k: "worker" if k == "identity" else "sticky" if _is_sticky(k, v) else anonymous(v)
        for k, v in data.items()
    }


def _is_sticky(key, value):
    return key == "name" and isinstance(value, str) and bool(re.search(r"^\d+@|[0-9a-f]{32}$", value))


def test_committed_histories_replay(loop):
    found = loop.run(replayed(recorded(FOLDER)))

    assert found == dict.fromkeys(
        ["agent-done", "agent-goes-on-reading", "agent-refused", "agent-stopped"], ""
    )


@pytest.mark.parametrize(
    ("name", "answers", "plans"),
    [
        ("agent-done", [{}], [steps(READ, OPEN), steps(MAIL, refund(1500))]),
        ("agent-refused", [{"decision": "refused"}], [steps(READ, OPEN, MAIL)]),
        ("agent-stopped", [], [steps(READ, OPEN), steps(READ), steps(READ)]),
        ("agent-goes-on-reading", [None], [steps(OPEN, MAIL), steps(READ)]),
    ],
)
def test_a_run_replays_as_it_went(do, parts, name, answers, plans):
    histories, soft = [], [{"kind": "read-only"}] if name == "agent-goes-on-reading" else []
    made = parts(*plans, fail_soft=[*soft, {"kind": "hand-over", "to": "support-leads"}])
    do(made, *answers, name=name, history=histories)
    found = made.loop.run(replayed(histories))

    assert set(found.values()) == {""}
    if os.environ.get("RECORD_HISTORIES"):  # once a run changes on purpose
        (FOLDER / f"{name}.json").write_text(
            json.dumps(anonymous(json.loads(histories[0].to_json())), indent=1)
        )


def test_a_history_of_other_code_does_not(loop):
    """A run that asked nobody before it acted could not go on as it began."""
    text = (FOLDER / "agent-done.json").read_text()
    history = WorkflowHistory.from_json("agent-done", text.replace('"name": "ask-people"', '"name": "act"'))
    (failure,) = loop.run(replayed([history])).values()

    assert "NondeterminismError" in failure
