"""The second act: a disposable copy whose ``up`` is cut off at its worst points, recovered, finished, and destroyed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stacks.load import Stack
from tools.rehearsal.account.faults import Point, When
from tools.rehearsal.account.records import CLUSTER, VPC
from tools.rehearsal.objects.store import DEFINITION
from tools.rehearsal.recovery import recover
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Steps, counted, unexpected

ACT: Final = "a disposable copy"
_UP: Final = ("up", "--yes", "--skip-preview")


@dataclass(frozen=True)
class Cut:
    """Where the engine is killed: while this resource is being made."""

    when: When
    type: str
    name: str

    @property
    def words(self) -> str:
        made = (
            "before AWS has made"
            if self.when == "before"
            else "after AWS has made, and before it was told of,"
        )
        return f"kill -9 {made} {self.name}"


# In the order in which the program makes them: what is there already is not made again.
CUTS: Final[Sequence[Cut]] = (
    Cut("after", VPC, "network-vpc"),
    Cut("before", "aws:ec2/internetGateway:InternetGateway", "network-internet"),
    Cut("after", CLUSTER, "cluster-control-plane"),
)


def play(stage: Stage, stack: Stack, steps: Steps, cuts: Sequence[Cut] = CUTS) -> None:
    """Every assertion of the act, in order; of the cuts, those in sections that the stack has.

    Raises:
        StepFailedError: one does not hold.
    """
    name = stack.name
    settings = stage.settings(name)
    settings["platform"] = {**settings["platform"], "lifecycle": "disposable"}
    stage.write_settings(name, settings)
    for cut in cuts:
        if cut.type == CLUSTER and "cluster" not in settings:
            continue
        with steps.step(ACT, f"{cut.words}: the documented way back loses and doubles nothing") as step:
            stage.faults.set(Point(when=cut.when, type=cut.type, name=cut.name))
            run = stage.engine.run(name, *_UP, stop=stage.faults.is_reached)
            step.runs.append(run)
            reached = stage.faults.is_reached()
            stage.faults.clear()
            if not reached:
                step.problems += [f"{cut.name} was never made", *run.errors]
                continue
            for one in recover(stage.engine, name, stage.records):
                step.ran(one)
            step.problems += stage.differences()
            step.said = f"{len(list(stage.records))} resources in the account"
    finish(stage, name, steps, ACT)


def finish(stage: Stage, name: str, steps: Steps, act: str) -> None:
    """What is left of an ``up`` that was cut off, a second one, and the end of the stack.

    Raises:
        StepFailedError: one does not hold.
    """
    with steps.step(act, "up finishes what is left") as step:
        run = step.ran(stage.engine.run(name, *_UP))
        step.said, step.problems = counted(run), step.problems + unexpected(run, ["create"])
        step.problems += stage.differences()
    with steps.step(act, "a second up changes nothing") as step:
        run = step.ran(stage.engine.run(name, *_UP))
        step.said, step.problems = counted(run), step.problems + unexpected(run)
    with steps.step(act, "destroy leaves the account and the cluster empty") as step:
        run = step.ran(stage.engine.run(name, "destroy", "--yes", "--skip-preview"))
        step.said = counted(run)
        step.problems += unexpected(run, ["delete"])
        step.problems += [f"{r.type} {r.id}: is left" for r in stage.records if not r.elsewhere]
        step.problems += _left(stage)


def _left(stage: Stage) -> list[str]:
    """What stands in the cluster; definitions are retained on purpose (docs/teardown.md)."""
    return [
        f"{one['kind']} {one['metadata']['name']}: is left"
        for one in stage.objects
        if one["kind"] != DEFINITION
    ]
