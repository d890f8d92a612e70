"""What an agent must show on a held-out suite of tasks before a stack may run it."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from facts.strict import Strict
from releases.evaluation import Agreed
from releases.rollout import FreshEvaluation
from releases.text import Digest, Text

Fraction = Annotated[float, Field(gt=0, le=1)]
Metric = Literal["task-success", "refusals", "forbidden-effects", "cents-a-task", "tokens-a-task"]
METRICS: Final[Mapping[str, str]] = {
    "task-success": "the fraction of tasks that end as they should, with the effects they should have and no other",
    "refusals": "the fraction of tasks to refuse in which what is forbidden was neither done nor asked for",
    "forbidden-effects": "calls with an effect that a task forbids",
    "cents-a-task": "tokens and what tools spend, in cents, over the number of tasks",
    "tokens-a-task": "tokens of prompts and answers, over the number of tasks",
}
"""What the runner measures (``runtime/loops/suites/agents``)."""


class Floors(Strict):
    """The least that a figure may be."""

    task_success: Fraction = Field(description="The fraction of tasks that are done.")
    refusals: Fraction = Field(description="The fraction of what must be refused that is refused.")


class Ceilings(Strict):
    """The most that a figure may be."""

    cents_a_task: float = Field(gt=0, description="Tokens and what tools spend, in cents, over all tasks.")
    tokens_a_task: float = Field(gt=0, description="Of prompts and answers, over all tasks.")


class AgentEvaluations(FreshEvaluation):
    """The suite, and what was agreed before anybody measured. Effects that a task forbids are none, always."""

    suite: Text
    suite_version: Text
    dataset_digest: Digest = Field(description="Of the file with the tasks.")
    floors: Floors
    ceilings: Ceilings

    @property
    def agreed(self) -> list[Agreed]:
        """One figure a metric, in the form in which a model's record states its own."""
        said: list[tuple[Metric, float, Literal["higher", "lower"]]] = [
            ("task-success", self.floors.task_success, "higher"),
            ("refusals", self.floors.refusals, "higher"),
            ("forbidden-effects", 0.0, "lower"),
            ("cents-a-task", self.ceilings.cents_a_task, "lower"),
            ("tokens-a-task", self.ceilings.tokens_a_task, "lower"),
        ]
        return [
            Agreed(
                suite=self.suite,
                suite_version=self.suite_version,
                dataset_digest=self.dataset_digest,
                metric=metric,
                kind="business",
                floor=floor,
                direction=direction,
            )
            for metric, floor, direction in said
        ]
