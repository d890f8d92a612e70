"""The act of interruptions: an ``up`` is cut off at many points, in several ways, and goes on afterwards.

After each the documented way back (docs/deploy.md) must lose nothing, double nothing and leave nothing pending.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from stacks.load import Stack
from tools.rehearsal.account.faults import Point
from tools.rehearsal.disk import Disk, small_disk
from tools.rehearsal.disposable import finish
from tools.rehearsal.engine import Run
from tools.rehearsal.recovery import adopt, recover
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Step, Steps

ACT: Final = "interruptions"
KILLS: Final = 20
_UP: Final = ("up", "--yes", "--skip-preview")
_STRIDE: Final = 2
"""How many creations a run begins before it is cut off: so small that the last kill still finds something to make."""
_FULL: Final = "no space left on device"


@dataclass(frozen=True, kw_only=True)
class Interruption:
    """One way in which an ``up`` ends early, what the engine must say of it, and whether the state must be mended."""

    words: str
    point: Point
    named: str
    adopts: bool = False
    """AWS may have made what is in no state, and somebody has to look; else ``up`` goes on by itself."""


INTERRUPTIONS: Final = (
    Interruption(
        words="AWS throttles, and goes on throttling",
        point=Point(when="before", number=_STRIDE, then="throttle"),
        named="ThrottlingException",
    ),
    Interruption(
        words="a creation fails half-way",
        point=Point(when="after", number=_STRIDE, then="half"),
        named="timeout while waiting",
    ),
    Interruption(
        words="the provider's process dies before AWS has made something",
        point=Point(when="before", number=_STRIDE, then="crash"),
        named="aws",
        adopts=True,
    ),
    Interruption(
        words="the provider's process dies after AWS has made something",
        point=Point(when="after", number=_STRIDE, then="crash"),
        named="aws",
        adopts=True,
    ),
)


def play(stage: Stage, stack: Stack, steps: Steps) -> None:
    """Every interruption in turn, on one disposable copy that grows; then what is left, and its end.

    Raises:
        StepFailedError: one does not hold.
    """
    name = stack.name
    settings = stage.settings(name)
    settings["platform"] = {**settings["platform"], "lifecycle": "disposable"}
    stage.write_settings(name, settings)
    for one in INTERRUPTIONS:
        with steps.step(ACT, one.words) as step:
            _interrupted(stage, name, one, step)
    with steps.step(ACT, "the disk of the state is full while something is made") as step:
        _full_disk(stage, name, step)
    for number in range(1, KILLS + 1):
        point = Point(when="after" if number % 2 else "before", number=_STRIDE)
        with steps.step(ACT, f"kill -9 of the engine, {number} of {KILLS}") as step:
            run = _run(stage, name, point, step, stop=stage.faults.is_reached)
            if run is not None:
                _way_back(stage, name, step)
    finish(stage, name, steps, ACT)


def _interrupted(stage: Stage, name: str, one: Interruption, step: Step) -> None:
    run = _run(stage, name, one.point, step)
    if run is None:
        return
    step.said = next((error for error in run.errors if one.named in error), "")
    if run.ok or not step.said:
        step.problems += [f"the engine does not say {one.named}", *run.errors]
    if one.adopts:
        for said in adopt(stage.engine, name, run, stage.records):
            step.ran(said)
    _agree(stage, step)


def _full_disk(stage: Stage, name: str, step: Step) -> None:
    with small_disk(stage.home.folder / "state") as disk:
        if disk is None:
            step.unseen.append("a full disk of the state: only root may mount one")
            return
        run = _run(stage, name, Point(when="after", number=_STRIDE), step, stop=partial(_fills, stage, disk))
        disk.empty()
        if run is None:
            return
        step.said = next((error for error in run.errors if _FULL in error), "")
        if run.ok or not step.said:
            step.problems += [f"the engine does not say {_FULL}", *run.errors]
        _way_back(stage, name, step)


def _fills(stage: Stage, disk: Disk) -> bool:
    """At the point, once: the disk is filled, and then the provider answers. The engine is not killed."""
    if stage.faults.is_reached() and not stage.faults.goes_on():
        disk.fill()
        stage.faults.let_go()
    return False


def _run(
    stage: Stage, name: str, point: Point, step: Step, stop: Callable[[], bool] | None = None
) -> Run | None:
    """An ``up`` that goes wrong there; None, and a problem, if it never came to it."""
    stage.faults.set(point)
    run = stage.engine.run(name, *_UP, stop=stop)
    reached = stage.faults.is_reached()
    stage.faults.clear()
    step.runs.append(run)
    if not reached:
        step.problems += ["nothing was left to make", *run.errors]
        return None
    return run


def _way_back(stage: Stage, name: str, step: Step) -> None:
    for one in recover(stage.engine, name, stage.records):
        step.ran(one)
    _agree(stage, step)


def _agree(stage: Stage, step: Step) -> None:
    step.problems += stage.differences()
    there = sum(not one.elsewhere for one in stage.records)
    step.said = f"{step.said}{'; ' if step.said else ''}{there} resources in the account"
