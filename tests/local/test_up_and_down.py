"""Everything runs, or nothing is left: interrupted, killed, in the way of others, with a part that cannot start."""

import os
import signal
import socket
import subprocess

import pytest

from tests.conftest import ROOT
from tests.local.machine import PATIENCE, SLIPWAY
from tools.local.layout import FOLDER
from tools.local.processes import is_alive
from tools.local.state import read


def starting(machine):
    """``slipway local up`` as a process, once it has started something."""
    process = subprocess.Popen(  # noqa: S603 our own command
        [str(SLIPWAY), "local", "up", "--base", str(machine.base)],
        cwd=ROOT,
        env={**os.environ, FOLDER: str(machine.folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )

    def begun():
        return machine.layout.state.exists() and len(read(machine.layout.state).processes) >= 6

    machine.until(begun, "the first processes")
    return process, read(machine.layout.state).processes


def test_an_interrupt_while_it_starts_leaves_nothing(machine):
    process, started = starting(machine)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal's Ctrl-C
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 2
    assert said.endswith("ending what was started\ninterrupted\n")
    assert [one.name for one in started if is_alive(one)] == []
    assert not machine.layout.state.exists()


def test_what_was_killed_while_it_started_is_ended_by_down(machine):
    process, started = starting(machine)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    assert [one.name for one in started if not is_alive(one)] == []
    again = machine.slipway("local", "up", "--base", str(machine.base))
    assert again.returncode == 2
    assert again.stderr.splitlines()[0] == "an earlier run stands; `slipway local down` ends it:"
    machine.local("down")
    assert [one.name for one in started if is_alive(one)] == []
    assert machine.local("down") == "nothing runs\n"


def test_a_port_of_somebody_else_is_named_and_nothing_is_started(machine):
    with socket.socket() as other:
        # What stood there a test ago may still be closing.
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", machine.base + 4))
        other.listen(1)
        done = machine.slipway("local", "up", "--base", str(machine.base))
    assert done.returncode == 2
    assert f"  127.0.0.1:{machine.base + 4} (prometheus)\n" in done.stderr
    assert not machine.layout.state.exists()


def test_a_part_that_cannot_start_ends_all(machine, tmp_path, monkeypatch):
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "prometheus").write_text("#!/bin/sh\necho 'no space left on device'\nexit 1\n")
    (fake / "prometheus").chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake}:{os.environ['PATH']}")
    done = machine.slipway("local", "up", "--base", str(machine.base))
    assert done.returncode == 2
    log = machine.layout.logs / "prometheus.log"
    assert done.stderr == (
        f"prometheus ended while it was starting; {log} ends with:\n  no space left on device\n"
    )
    assert not machine.layout.state.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", machine.base), timeout=5)


def test_a_state_that_cannot_be_read_is_said_and_kept(machine):
    machine.folder.mkdir()
    machine.layout.state.write_text("{")
    for words in (("up", "--base", str(machine.base)), ("down",), ("status",)):
        done = machine.slipway("local", *words)
        assert done.returncode == 2
        assert done.stderr.startswith(f"{machine.layout.state} cannot be read: JSONDecodeError")
    machine.layout.state.unlink()


def test_without_a_run_every_command_says_so(machine):
    for words in (
        ("status",),
        ("canary", "minilm", "v2"),
        ("break", "v2"),
        ("drift",),
        ("kill",),
        ("approve", "x"),
    ):
        done = machine.slipway("local", *words)
        assert (done.returncode, done.stderr) == (2, "nothing runs: `slipway local up` starts it\n")
