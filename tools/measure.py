"""Seconds and memory of calls and of whole commands."""

import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.core.checkout import ROOT

_WATCH = """\
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime)
sys.exit(code)
"""
"""A small process in between: what is started from a large one inherits its peak (Linux, ``exec_mmap``)."""


@dataclass(frozen=True)
class Figure:
    """One line of the table; ``target`` is what docs/performance.md promises."""

    what: str
    value: float
    unit: str
    target: float | None = None


def timed(run: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """The median of the processor's seconds a call takes, and what it returned."""
    result = run()
    seconds = []
    for _ in range(times):
        gc.collect()
        started = time.process_time()
        result = run()
        seconds.append(time.process_time() - started)
    return statistics.median(seconds), result


def command(*arguments: str, folder: Path = ROOT, code: int = 0) -> tuple[float, float]:
    """(seconds, peak MB of its largest process) of a command that must end with an exit code."""
    started = time.perf_counter()
    kilobytes, _ = _watched(arguments, folder, code)
    return time.perf_counter() - started, kilobytes / 1024


def processor(*arguments: str) -> float:
    """The processor's seconds of a command and all its children; it must end with exit code 0."""
    return _watched(arguments, ROOT, 0)[1]


def _watched(arguments: tuple[str, ...], folder: Path, code: int) -> tuple[float, float]:
    """(peak kilobytes, the processor's seconds)."""
    done = subprocess.run(  # noqa: S603 our own commands
        [sys.executable, "-S", "-c", _WATCH, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != code:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}")
    kilobytes, seconds = map(float, done.stdout.split())
    return kilobytes, seconds


def median_command(*arguments: str) -> tuple[float, float]:
    """The median of three runs after one that is not counted, and their largest peak."""
    command(*arguments)
    runs = [command(*arguments) for _ in range(3)]
    return statistics.median(seconds for seconds, _ in runs), max(peak for _, peak in runs)
