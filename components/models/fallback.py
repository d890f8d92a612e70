"""What the edge does of a release's fail-soft plan, and what of one it cannot do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from components.gateway.model_route import INTERFACES
from releases.fail_soft import CachedAnswer, PoliteRefusal, SmallerModel

Steps = Sequence[SmallerModel | CachedAnswer | PoliteRefusal]


@dataclass(frozen=True, kw_only=True)
class FailSoftPlan:
    """Who answers in a model's place, in order, and what is said when nobody does."""

    smaller_models: tuple[str, ...] = ()
    refusal: str = ""
    retry_after_seconds: int = 30


def fail_soft_plan(steps: Steps) -> FailSoftPlan:
    """A record's plan as the edge's route needs it; :func:`fail_soft_problems` has found nothing against it."""
    refusals = [step for step in steps if isinstance(step, PoliteRefusal)]
    models = tuple(step.model for step in steps if isinstance(step, SmallerModel))
    if not refusals:
        return FailSoftPlan(smaller_models=models)
    return FailSoftPlan(
        smaller_models=models,
        refusal=refusals[-1].message,
        retry_after_seconds=refusals[-1].retry_after_seconds,
    )


def fail_soft_problems(steps: Steps, task: str, tasks: Mapping[str, str]) -> Iterator[str]:
    """What the edge cannot do of a plan in this stack; ``tasks`` holds the task of every model of the stack."""
    for index, step in enumerate(steps):
        where = f"fail_soft.{index}"
        if isinstance(step, CachedAnswer):
            yield (
                f"{where}: nothing here keeps answers (Envoy Gateway 1.8.1 and Envoy AI Gateway 1.0.0 have no cache); "
                "run a version whose plan has no cached-answer"
            )
        if isinstance(step, SmallerModel):
            yield from _smaller_problems(where, step.model, task, tasks)


def _smaller_problems(where: str, model: str, task: str, tasks: Mapping[str, str]) -> Iterator[str]:
    if INTERFACES[task] != "chat":
        why = (
            "vectors of two models cannot be compared"
            if INTERFACES[task] == "embeddings"
            else "inputs differ"
        )
        yield f"{where}: a smaller model can stand in for chat and text generation only: {why} (got task {task!r})"
    elif model not in tasks:
        there = ", ".join(name for name, other in sorted(tasks.items()) if other == task) or "none"
        yield (
            f"{where}.model: not in this stack, so it could not answer; models for {task} here: {there} "
            f"(got {model!r})"
        )
    elif tasks[model] != task:
        yield f"{where}.model: {model} does {tasks[model]}, and its callers ask for {task}"
