"""Seconds and memory of calls and of whole commands."""

import gc
import os
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.stacks import ROOT


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
    process = subprocess.Popen(  # noqa: S603 our own commands
        arguments,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) != code:
        said = process.stderr.read() if process.stderr else ""
        raise SystemExit(f"{' '.join(arguments)} failed:\n{said}")
    return seconds, usage.ru_maxrss / 1024


def median_command(*arguments: str) -> tuple[float, float]:
    """The median of three runs after one that is not counted, and their largest peak."""
    command(*arguments)
    runs = [command(*arguments) for _ in range(3)]
    return statistics.median(seconds for seconds, _ in runs), max(peak for _, peak in runs)
