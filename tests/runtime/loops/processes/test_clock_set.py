"""A worker whose system clock is set an hour forward and back while it works: all of its process, not only Python.

``libfaketime`` stands between the process and the system; what counts seconds (CLOCK_MONOTONIC) goes on, as it does
when somebody sets a clock.
"""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from tests.runtime.loops import folders
from tests.runtime.loops.processes.stack import until
from tests.runtime.loops.processes.test_killed import WALK, begin

HOLD_SECONDS = 2.0
"""20 minutes of the record, which last a tenth of a second each."""


@pytest.fixture
def clock(tmp_path):
    (library,) = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    said = tmp_path / "clock"
    said.write_text("+0\n")
    return said, {
        "LD_PRELOAD": str(library),
        "FAKETIME_TIMESTAMP_FILE": str(said),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def test_a_rollout_keeps_its_holds_while_its_worker_s_clock_is_set(stack, clock):
    said, environment = clock
    stack.start("rollout", **environment)
    begin(stack)
    since = {}
    for share, set_to in ((5, "+3600"), (25, "-3600"), (50, "+3600"), (100, "+0")):
        until(lambda share=share: stack.share() == share, f"{share} per cent")
        since[share] = time.monotonic()
        said.write_text(f"{set_to}\n")
    until(lambda: stack.status("rollout-minilm")["state"] == "promoted", "the end")
    assert stack.told() == WALK
    held = [since[b] - since[a] for a, b in ((5, 25), (25, 50), (50, 100))]
    assert all(HOLD_SECONDS * 0.8 < seconds < 30 for seconds in held), held
    days = {folders.TODAY, folders.TODAY + timedelta(days=1)}
    assert {event["date"] for event in stack.events()} <= days


def test_the_clock_of_the_worker_is_the_one_that_is_set(clock):
    """What the other test rests on: the whole process sees the jump, and its monotonic clock does not."""
    said, environment = clock
    said.write_text("+3600\n")
    words = "import time; print(time.time(), time.monotonic())"
    done = subprocess.run(
        [sys.executable, "-c", words],
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    wall, steady = map(float, done.stdout.split())
    assert abs(wall - time.time() - 3600) < 60
    assert abs(steady - time.monotonic()) < 60
