"""How the models of a graph start: the way their files take, and what wakes those that sleep.

Read from what the objects say of themselves, so that manifests and states say it too.
"""

from typing import Final

from gate.report.report import Start
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, text

_SAID: Final = {
    "kubernetes:core/v1:ServiceAccount": r"metadata.annotations.slipway\.dev/start-path",
    "kubernetes:keda.sh/v1alpha1:ScaledObject": r"metadata.annotations.slipway\.dev/waking",
}
"""Kinds, and where they say it."""


def starts(graph: Graph) -> list[Start]:
    """One line for each thing said, sorted by model; the chosen way of a model before the others."""
    found = [
        Start(model=_name(resource), order=order, what=line)
        for resource in graph.of_type(*_SAID)
        for order, line in enumerate(_lines(resource))
    ]
    return sorted(set(found))


def _lines(resource: Resource) -> list[str]:
    try:
        return text(at(resource.inputs, _SAID[resource.type]), "annotations").splitlines()
    except UndecidedError as missing:
        return [f"not known: {missing}"]


def _name(resource: Resource) -> str:
    try:
        return text(at(resource.inputs, "metadata.name"), "metadata.name") or resource.name
    except UndecidedError:
        return resource.name
