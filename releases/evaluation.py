"""One figure that says how good a model or an agent is, and the floor it must hold."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from facts.strict import Strict
from releases.text import Digest, Speaker, Text

ReleaseName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}/v[1-9][0-9]{0,3}$")]
"""MODEL/VERSION."""


class Agreed(Strict):
    """A metric of one suite on one dataset, and its floor: what is agreed before any value is known."""

    suite: Text
    suite_version: Text
    dataset_digest: Digest = Field(description="Of the data it was measured on.")
    metric: Text
    kind: Literal["benchmark", "business"] = "benchmark"
    floor: float = Field(description="The worst value with which the release may be served.")
    direction: Literal["higher", "lower"] = Field(
        default="higher", description="Which way the metric is better."
    )

    def allows(self, value: float) -> bool:
        """Whether a value is at least as good as the floor."""
        return value >= self.floor if self.direction == "higher" else value <= self.floor

    @property
    def subject(self) -> tuple[str, str]:
        """What a later evaluation of the same suite and metric replaces."""
        return self.suite, self.metric

    @property
    def data(self) -> tuple[str, ...]:
        """Suite, metric and the very data: two figures with the same can be compared."""
        return (*self.subject, self.suite_version, self.dataset_digest)


class MeasuredWith(Strict):
    """The model that an agent thought with while it was measured."""

    release: ReleaseName = Field(description="The release of the model.")
    record: Digest = Field(description="Of that release's record.")
    script: Digest | None = Field(
        default=None,
        description="Of the script that stood in for the model; it counts where the model's record is illustrative.",
    )

    @property
    def in_words(self) -> str:
        """What thought: a release of a model, or a script in its place."""
        return f"{'a script in place of ' if self.script else ''}{self.release}"


class Evaluation(Agreed):
    """What was measured. The floor was agreed before the value was known."""

    value: float
    by: Speaker
    date: date
    measured_with: MeasuredWith | None = Field(
        default=None,
        description="Of an agent: what it thought with. Its figures count for that release alone.",
    )

    @property
    def key(self) -> tuple[str, ...]:
        """What a later one replaces: an agent's figures count for the model it thought with, or for one script."""
        used = self.measured_with
        if used is None:
            return self.subject
        return (*self.data, used.release, used.record, used.script or "")

    @property
    def holds(self) -> bool:
        """Whether the value is at least as good as its floor."""
        return self.allows(self.value)


def twice(evaluations: Sequence[Evaluation]) -> Iterator[str]:
    """A figure that stands beside another one of the same suite and metric, which would hide it."""
    for index, evaluation in enumerate(evaluations):
        if evaluation.subject in {other.subject for other in evaluations[:index]}:
            suite, metric = evaluation.subject
            yield f"evaluations.{index}: {suite} {metric} stands twice; one figure would hide the other"
