"""Processes are known again by when they began, and ended with their children."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from tools.local.errors import LocalError
from tools.local.processes import born, is_alive, kill, start, stop, tail, wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)",
]
PARENT = [
    sys.executable,
    "-c",
    (
        "import subprocess, sys, time; "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True); "
        "time.sleep(600)"
    ),
]


def begun(tmp_path, command):
    return start("part", command, log=tmp_path / "part.log", folder=tmp_path)


def said(tmp_path):
    end = time.monotonic() + 60
    while not (found := (tmp_path / "part.log").read_text().strip()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def test_a_process_is_ended_and_its_number_alone_is_not_it(tmp_path):
    one = begun(tmp_path, SLEEP)
    assert is_alive(one)
    other = replace(one, born="1")
    assert not is_alive(other)
    stop(other)
    kill(other)
    assert is_alive(one), "another process of that number was ended"
    stop(one)
    assert not is_alive(one)
    assert born(one.pid) == ""
    stop(one)  # once more is no fault


def test_one_that_does_not_listen_is_killed(tmp_path):
    one = begun(tmp_path, STUBBORN)
    said(tmp_path)
    stop(one, seconds=0.3)
    assert not is_alive(one)


@pytest.mark.parametrize("end", [stop, kill])
def test_children_end_with_it(end, tmp_path):
    one = begun(tmp_path, PARENT)
    child = int(said(tmp_path))
    assert born(child)
    end(one)
    until = time.monotonic() + 30
    while born(child):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_an_interrupt_at_the_terminal_does_not_reach_it(tmp_path):
    one = begun(tmp_path, SLEEP)
    assert os.getsid(one.pid) == one.pid != os.getsid(0)
    stop(one)


def test_a_zombie_is_no_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    until = time.monotonic() + 60
    while born(process.pid):
        assert time.monotonic() < until
        time.sleep(0.05)
    assert process.wait(10) == 0


def test_what_cannot_be_started_is_said(tmp_path):
    with pytest.raises(
        LocalError, match=r"^part cannot be started: /nowhere/envoy: No such file or directory$"
    ):
        begun(tmp_path, ["/nowhere/envoy"])


def test_what_ends_while_it_starts_is_said_with_its_last_words(tmp_path):
    one = begun(tmp_path, [sys.executable, "-c", "print('no such file: x'); raise SystemExit(1)"])
    with pytest.raises(LocalError) as error:
        wait_until(lambda: False, one, 60)
    assert str(error.value).splitlines() == [
        f"part ended while it was starting; {one.log} ends with:", "  no such file: x",
    ]  # fmt: skip


def test_what_is_late_is_said(tmp_path):
    one = begun(tmp_path, SLEEP)
    now = iter([0, 5, 10, 15])
    with pytest.raises(
        LocalError, match=r"^part was not ready within 12 s; .*part.log ends with:\n  \(nothing\)$"
    ):
        wait_until(lambda: False, one, 12, clock=lambda: next(now))
    stop(one)


def test_what_is_ready_is_waited_for(tmp_path):
    one = begun(tmp_path, SLEEP)
    answers = iter([False, True])
    wait_until(lambda: next(answers), one, 60)
    os.kill(one.pid, signal.SIGKILL)
    stop(one)


def test_the_end_of_a_log_that_is_not_there():
    assert tail("/nowhere/x.log") == ["(nothing)"]
