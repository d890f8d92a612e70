"""Which priority a pod has, and who has the lowest of those that models must not drive out."""

from collections.abc import Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.machines.workloads import Workload, workloads
from policies.engine.graph import Graph
from policies.engine.values import UndecidedError, at, flag, number, text

PRIORITY_CLASS: Final = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
_BUILT_IN: Final = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
"""Kubernetes' own two ("Guaranteed scheduling for critical add-on pods", read 2026-11)."""
_BATCH: Final = frozenset({"kubernetes:batch/v1:Job", "kubernetes:batch/v1:CronJob"})


def priority(spec: Mapping[str, Any], graph: Graph) -> int | None:
    """A pod's priority; nothing where its class is not in view."""
    name = text(at(spec, "priorityClassName"), "priorityClassName")
    classes = graph.once(_classes)
    return classes.get(name) if name else graph.once(_default)


def lowest_of_others(graph: Graph) -> tuple[int, str] | None:
    """The lowest priority of all pods but models and batch work, with one that has it; nothing where there is none.

    A chart whose contents are not in view may take no class: its pods then have the default.
    """
    found: list[tuple[int, str]] = []
    for workload in workloads(graph):
        if not workload.is_model and workload.owner.type not in _BATCH:
            found.extend(_of(workload, graph))
    rendered = {resource.parent for resource in graph}
    default = graph.once(_default)
    found.extend((default, r.name) for r in graph.of_type(RELEASE) if r.urn not in rendered)
    return min(found, default=None)


def _of(workload: Workload, graph: Graph) -> list[tuple[int, str]]:
    try:
        value = priority(workload.spec, graph)
    except UndecidedError:
        return []
    return [] if value is None else [(value, workload.name)]


def _classes(graph: Graph) -> Mapping[str, int]:
    found = dict(_BUILT_IN)
    for one in graph.of_type(PRIORITY_CLASS):
        value = number(at(one.inputs, "value"), "value")
        if value is not None:
            found[name_of(one)] = int(value)
    return found


def _default(graph: Graph) -> int:
    for one in graph.of_type(PRIORITY_CLASS):
        if flag(at(one.inputs, "globalDefault"), "globalDefault"):
            return int(number(at(one.inputs, "value"), "value") or 0)
    return 0
