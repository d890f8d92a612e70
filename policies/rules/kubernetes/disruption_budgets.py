"""What must hold for budgets of disruption: they slow a drain down and never stop it."""

from collections.abc import Iterable
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping

BUDGETS: Final = (
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:policy/v1beta1:PodDisruptionBudget",
)
_MODEL_LABELS: Final = ("serving.kserve.io/", "kserve.io/")


def _stops_drains(budget: Resource, _graph: Graph) -> Iterable[Offence]:
    if _is_of_a_model(budget):
        return
    for path, said in (("spec.maxUnavailable", ("0", "0%")), ("spec.minAvailable", ("100%",))):
        value = at(budget.inputs, path)
        if _is(value, *said):
            yield Offence(
                path=path, problem=f"{value}: no node with one of its pods can be drained", value=value
            )


def _is_of_a_model(budget: Resource) -> bool:
    """A model's only replica takes an hour to load elsewhere: its node waits for somebody who knows."""
    chosen = mapping(at(budget.inputs, "spec.selector.matchLabels"), "spec.selector.matchLabels")
    return any(str(key).startswith(_MODEL_LABELS) for key in chosen)


def _is(value: Any, *said: str) -> bool:
    return str(known(value)) in said


RULES: tuple[Rule, ...] = (
    Rule(
        id="disruption-budgets-let-nodes-go",
        severity="high",
        applies_to=BUDGETS,
        why="Nodes that cannot be drained are not patched, or are taken away with force.",
        fix="Run two replicas and set maxUnavailable to 1.",
        check=_stops_drains,
    ),
)
