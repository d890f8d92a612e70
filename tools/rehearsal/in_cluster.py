"""The third act: every section of the stack, in a real API server, by Pulumi's own provider and Helm, reconciled."""

from typing import Final

from stacks.load import Stack
from tools.rehearsal import by_hand, committed, day_two, outages, reconciled
from tools.rehearsal.stage import Stage
from tools.rehearsal.stages import Steps

ACT: Final = "cluster"


def play(stage: Stage, stack: Stack, steps: Steps) -> None:
    """Every assertion of the act, in order.

    Raises:
        StepFailedError: one does not hold.
    """
    name = stack.name
    committed.make(stage, name, steps, ACT)
    by_hand.play(stage, steps, ACT)
    reconciled.play(stage, name, steps, ACT)
    committed.again(stage, name, steps, ACT)
    committed.drift(stage, name, steps, ACT)
    day_two.play(stage, name, steps, ACT)
    reconciled.play(stage, name, steps, ACT)
    outages.play(stage, name, steps, ACT)
    committed.end_a_model(stage, stack, steps, ACT)
