"""Clocks of the system are set, and what the loops promise stands: who reads one, and why it does no harm there."""

import ast
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from runtime.loops.clock import SteadyClock
from tests.runtime.loops.folders import ROOT

LOOPS = ROOT / "runtime" / "loops"
READS = {
    ("time", "time"),
    ("time", "time_ns"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
}
KNOWN = {
    "agents/__main__.py": "the day on which a person asks on the command line",
    "agents/build.py": "the day on which a process starts; within activities the engine's time",
    "clock.py": "taken once, when a process starts",
    "suites/agents/__main__.py": "the day on which a person measures an agent",
    "suites/agents/play.py": "the day on which a task is played, by the agent's record and by its policies alike",
    "starting.py": "when a person says that they answered: nothing is decided by it",
}
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def reads(tree):
    """Whether a module reads the system's clock, or hands on what does."""
    named = {(node.value.id, node.attr) for node in ast.walk(tree)
             if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}  # fmt: skip
    from_time = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "time"
                 for alias in node.names}  # fmt: skip
    return bool(named & READS) or bool(from_time & {"time", "time_ns"})


def test_only_those_read_the_system_s_clock_to_whom_a_jump_does_no_harm():
    found = {
        str(path.relative_to(LOOPS))
        for path in LOOPS.rglob("*.py")
        if reads(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert found == KNOWN.keys()


@pytest.mark.parametrize("said", ["datetime.now(UTC)", "time.time", "date.today()", "from time import time"])
def test_a_reader_is_found(said):
    assert reads(ast.parse(said))
    assert not reads(ast.parse("time.monotonic(); workflow.now(); from time import monotonic"))


@pytest.mark.parametrize("jump", [3600.0, -3600.0])
def test_a_clock_that_is_set_changes_nothing(jump):
    system = SimpleNamespace(wall=NOON.timestamp(), steady=7.0)
    now = SteadyClock(wall=lambda: system.wall, steady=lambda: system.steady)
    assert now() == NOON
    system.wall += jump
    assert now() == NOON
    system.steady += 60
    assert now() == NOON + timedelta(minutes=1)
