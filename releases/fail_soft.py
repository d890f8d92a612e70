"""What callers get when a model cannot answer: tried in order, from the best to the politest."""

from typing import Annotated, Literal

from pydantic import Field

from facts.strict import Slug, Strict
from releases.text import Text


class SmallerModel(Strict):
    """Another model answers in its place."""

    kind: Literal["smaller-model"]
    model: Slug = Field(description="A model with a record of its own.")


class CachedAnswer(Strict):
    """An answer to the same question, given before."""

    kind: Literal["cached-answer"]
    at_most_minutes: int = Field(ge=1, description="How old it may be.")


class PoliteRefusal(Strict):
    """Words that say when to try again."""

    kind: Literal["polite-refusal"]
    message: Text
    retry_after_seconds: int = Field(default=30, ge=1)


FailSoft = Annotated[SmallerModel | CachedAnswer | PoliteRefusal, Field(discriminator="kind")]


def order_problems(plan: list[SmallerModel | CachedAnswer | PoliteRefusal]) -> list[str]:
    """A refusal ends the plan, and nothing is tried twice."""
    kinds = [step.kind for step in plan]
    said = []
    if "polite-refusal" in kinds[:-1]:
        said.append("fail_soft: polite-refusal should come last: nothing is tried after it")
    models = [step.model for step in plan if isinstance(step, SmallerModel)]
    twice = sorted({model for model in models if models.count(model) > 1})
    twice += sorted({kind for kind in kinds if kind != "smaller-model" and kinds.count(kind) > 1})
    if twice:
        said.append(f"fail_soft: {', '.join(twice)} stands twice")
    return said
