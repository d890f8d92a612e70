"""What must hold for budgets of disruption: they slow a drain down and never stop it."""

from collections.abc import Iterable
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, known, mapping

BUDGETS: Final = (
    "kubernetes:policy/v1:PodDisruptionBudget",
    "kubernetes:policy/v1beta1:PodDisruptionBudget",
)
_MODEL_LABELS: Final = ("serving.kserve.io/", "kserve.io/")


def _stops_drains(budget: Resource, _graph: Graph) -> Iterable[str]:
    if _is_of_a_model(budget):
        return
    if _is(at(budget.inputs, "spec.maxUnavailable"), "0", "0%"):
        yield "maxUnavailable is 0: no node with one of its pods can be drained"
    if _is(at(budget.inputs, "spec.minAvailable"), "100%"):
        yield "minAvailable is 100%: no node with one of its pods can be drained"


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
