"""One figure that says how good a model is, and the floor it must hold."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from facts.strict import Strict
from releases.text import Digest, Speaker, Text


class Evaluation(Strict):
    """A metric of one suite on one dataset. The floor was agreed before the value was known."""

    suite: Text
    suite_version: Text
    dataset_digest: Digest = Field(description="Of the data it was measured on.")
    metric: Text
    kind: Literal["benchmark", "business"] = "benchmark"
    value: float
    floor: float = Field(description="The worst value with which the release may be served.")
    direction: Literal["higher", "lower"] = Field(
        default="higher", description="Which way the metric is better."
    )
    by: Speaker
    date: date

    @property
    def holds(self) -> bool:
        """Whether the value is at least as good as its floor."""
        return self.value >= self.floor if self.direction == "higher" else self.value <= self.floor

    @property
    def subject(self) -> tuple[str, str]:
        """What a later evaluation of the same suite and metric replaces."""
        return self.suite, self.metric


def twice(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    """A figure that stands beside another one of the same suite and metric, which would hide it."""
    for index, evaluation in enumerate(evaluations):
        if evaluation.subject in {other.subject for other in evaluations[:index]}:
            suite, metric = evaluation.subject
            yield f"evaluations.{index}: {suite} {metric} stands twice; one figure would hide the other"
