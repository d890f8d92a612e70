"""What came into being when, by component: the longest ``up`` of an act as bars. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.rehearsal.engine import Run
from tools.rehearsal.stages import Step


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One component: how many of its resources were made, from when to when, in seconds since the first."""

    act: str
    component: str
    made: int
    begun: float
    ended: float


def timeline(steps: Sequence[Step]) -> list[Bar]:
    """Of each act, the run that made the most."""
    found: list[Bar] = []
    for act in dict.fromkeys(step.act for step in steps):
        runs = [
            run
            for step in steps
            if step.act == act
            for run in step.runs
            if run.command.startswith("pulumi up")
        ]
        most = max(runs, key=lambda run: run.counts.get("create", 0), default=None)
        if most is not None and most.counts.get("create"):
            found += _bars(act, most)
    return found


def _bars(act: str, run: Run) -> list[Bar]:
    made = [one for one in run.operations if one.op == "create" and one.component and one.ended]
    if not made:
        return []
    first = min(one.ended - one.seconds for one in made)
    bars = [
        Bar(
            act=act,
            component=component,
            made=len(own),
            begun=min(one.ended - one.seconds for one in own) - first,
            ended=max(one.ended for one in own) - first,
        )
        for component in dict.fromkeys(one.component for one in made)
        for own in [[one for one in made if one.component == component]]
    ]
    return sorted(bars, key=lambda bar: (bar.begun, bar.ended, bar.component))
