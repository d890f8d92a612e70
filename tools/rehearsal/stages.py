"""A rehearsal as named steps, each with what it found and how long it took; the first that fails ends its act."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tools.rehearsal.engine import Run

Tell = Callable[[str], None]


@dataclass
class Step:
    """What one assertion came to."""

    act: str
    name: str
    seconds: float = 0.0
    said: str = ""
    problems: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    """What the step could not look at, and why."""
    runs: list[Run] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems

    def ran(self, run: Run, *, succeeds: bool = True) -> Run:
        """Keep a run of the engine; one that should succeed and did not is a problem in the engine's words."""
        self.runs.append(run)
        if succeeds and not run.ok:
            self.problems += list(run.errors) or [f"{run.command}: exit code {run.code}"]
        return run


class StepFailedError(Exception):
    """What follows would be about something else than it says."""


@dataclass
class Steps:
    """All steps so far."""

    tell: Tell
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, act: str, name: str) -> Iterator[Step]:
        """One assertion.

        Raises:
            StepFailedError: it found problems.
        """
        one = Step(act, name)
        started = time.monotonic()
        self.tell(f"{act}: {name}")
        try:
            yield one
        finally:
            one.seconds = time.monotonic() - started
            self.done.append(one)
        mark = "ok" if one.ok else "NO"
        self.tell(f"{act}: {name}: {mark}, {one.seconds:.0f} s{f', {one.said}' if one.said else ''}")
        if not one.ok:
            for problem in one.problems[:10]:
                self.tell(f"  {problem}")
            raise StepFailedError(name)

    @property
    def ok(self) -> bool:
        return bool(self.done) and all(one.ok for one in self.done)


def counted(run: Run) -> str:
    """``create 312, same 3``."""
    return ", ".join(f"{op} {count}" for op, count in run.counts.items()) or "nothing"


def unexpected(run: Run, allowed: Sequence[str] = ()) -> list[str]:
    """Operations of other kinds than these, besides what stayed the same."""
    return [f"{one.op} {one.type} {one.name}" for one in run.changes() if one.op not in allowed]
