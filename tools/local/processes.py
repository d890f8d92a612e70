"""Processes of ours: started in sessions of their own, known again by when they began, ended with their children."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from tools.local.errors import LocalError
from tools.local.state import Started

_LAST_LINES = 8


def start(
    name: str,
    command: Sequence[str],
    *,
    log: Path,
    folder: Path,
    variables: Mapping[str, str] | None = None,
) -> Started:
    """The process runs, in a session of its own: Ctrl-C at a terminal reaches the command, not what it started.

    Raises:
        LocalError: the program cannot be started.
    """
    with log.open("ab") as out:
        try:
            process = subprocess.Popen(  # noqa: S603 our own programs and arguments
                list(command),
                cwd=folder,
                env={**os.environ, **(variables or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise LocalError(f"{name} cannot be started: {command[0]}: {error.strerror}") from None
    _CHILDREN[process.pid] = process
    return Started(name=name, pid=process.pid, born=born(process.pid), command=tuple(command), log=str(log))


_CHILDREN: dict[int, "subprocess.Popen[bytes]"] = {}
"""Those of this very command, which have to be waited for; others are the system's to bury."""


def born(pid: int) -> str:
    """When a process began, as the system counts; empty where there is none. A zombie is none."""
    try:
        # What stands after the name's bracket: state is the first word, the start the twentieth (proc(5)).
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return _asked(pid) if not Path("/proc/self/stat").exists() else ""
    return "" if words[0] in {"Z", "X"} else words[19]


def _asked(pid: int) -> str:
    """The same where there is no /proc."""
    done = subprocess.run(  # noqa: S603 a number of ours
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 wherever the system has it
        capture_output=True,
        text=True,
        check=False,
    )
    state, _, since = done.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else since.strip()


def is_alive(one: Started) -> bool:
    """Whether it runs; another process of the same number is not it."""
    child = _CHILDREN.get(one.pid)
    if child is not None:
        child.poll()
    return one.born != "" and born(one.pid) == one.born


def stop(one: Started, seconds: float = 10) -> None:
    """Neither it nor any child of its session runs afterwards; what is not ours is left alone."""
    if not is_alive(one):
        return
    _signal(one, signal.SIGTERM)
    if not _ended(one, seconds):
        _signal(one, signal.SIGKILL)
        _ended(one, seconds)
    # Children that outlived their parent are in its group still.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(one.pid, signal.SIGKILL)


def kill(one: Started) -> None:
    """As a machine that fails would: at once, without a word to it."""
    if is_alive(one):
        _signal(one, signal.SIGKILL)
        _ended(one, 10)


def _signal(one: Started, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(one.pid, number)


def _ended(one: Started, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while is_alive(one):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def wait_until(
    ready: Callable[[], bool], one: Started, seconds: float, clock: Callable[[], float] = time.monotonic
) -> None:
    """It is ready.

    Raises:
        LocalError: it ended, or is not ready in time; the last lines of its log come with it.
    """
    end = clock() + seconds
    while not ready():
        if not is_alive(one):
            raise LocalError(f"{one.name} ended while it was starting; {one.log} ends with:", tail(one.log))
        if clock() > end:
            raise LocalError(
                f"{one.name} was not ready within {seconds:.0f} s; {one.log} ends with:", tail(one.log)
            )
        time.sleep(0.1)


def tail(log: str) -> list[str]:
    """The last lines of a log."""
    try:
        lines = Path(log).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-_LAST_LINES:] or ["(nothing)"]
