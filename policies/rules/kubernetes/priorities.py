"""What must hold for priorities: a model drives out nothing of what steers, protects or feeds it."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.machines.priorities import PRIORITY_CLASS, lowest_of_others, priority
from policies.analysis.machines.workloads import of_owner
from policies.analysis.mesh.objects import MODEL_KINDS
from policies.engine.collect_errors import every
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, number, text

_CLASS: Final = "priorityClassName"
_OF_MODELS: Final = frozenset({"slipway-models", "slipway-batch"})


def _outranks(model: Resource, graph: Graph) -> Iterable[Offence]:
    yield from _reserved(at(model.inputs, "spec"), "spec")
    lowest = graph.once(lowest_of_others)
    if lowest is None:
        return
    for pod in of_owner(graph, model):
        own = priority(pod.spec, graph) if pod.is_model else None
        name = text(at(pod.spec, _CLASS), _CLASS)
        if own is not None and own > lowest[0] and not name.startswith("system-"):
            yield Offence(
                path=f"{pod.path}.{_CLASS}",
                problem=f"{name or 'the default'} is {own}, and drives out {lowest[1]} with {lowest[0]}",
                value=name or None,
            )


def _reserved(value: Any, path: str) -> Iterator[Offence]:
    """Every priority class below a place that is kept for what runs the cluster."""
    if isinstance(value, Mapping):
        if text(at(value, _CLASS), f"{path}.{_CLASS}").startswith("system-"):
            yield Offence(
                path=f"{path}.{_CLASS}",
                problem=f"{value[_CLASS]} is for what runs the cluster",
                value=value[_CLASS],
            )
        yield from every(partial(_reserved, item, f"{path}.{key}") for key, item in value.items())
    elif isinstance(value, list | tuple):
        yield from every(partial(_reserved, item, f"{path}[{index}]") for index, item in enumerate(value))


def _class_of_models(one: Resource, graph: Graph) -> Iterable[Offence]:
    """In a stack that runs no model, its class is what says how models of other stacks will rank."""
    if name_of(one) not in _OF_MODELS:
        return
    value, lowest = number(at(one.inputs, "value"), "value"), graph.once(lowest_of_others)
    if lowest is not None and value is not None and value >= lowest[0]:
        yield Offence(
            path="value", problem=f"{int(value)} is not below {lowest[1]}, which has {lowest[0]}", value=value
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="models-do-not-outrank-the-platform",
        severity="medium",
        applies_to=MODEL_KINDS,
        why="On a full node a model drives out what has less: charts without a class have 0, and steer every request.",
        fix="Give models a PriorityClass below 0 (slipway-models), and none of the system's.",
        check=_outranks,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="classes-of-models-are-below-every-other-pod",
        severity="high",
        applies_to=(PRIORITY_CLASS,),
        why="Most charts take no priority class, so their pods have 0: what a model has must be less.",
        fix="Set the value of slipway-models and slipway-batch below 0.",
        check=_class_of_models,
        reads_graph=True,
    ),
)
