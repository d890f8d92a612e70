"""Pods that a graph does not show: of EKS add-ons, of charts nobody rendered, of operators."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from facts.hidden_pods import HiddenPod, pods_of_add_on, pods_of_chart
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.machines.requests import of_resources
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, number, text, unfolded

ADD_ON: Final = "aws:eks/addon:Addon"
_PLACEMENT: Final = ("tolerations", "nodeSelector", "affinity", "priorityClassName")
_EVERYWHERE: Final = [{"operator": "Exists"}]


@dataclass(frozen=True)
class Hidden:
    """One pod as far as it is known: what it asks for and where it may go."""

    name: str
    spec: Mapping[str, Any]
    count: int
    per_node: bool


def hidden_pods(resource: Resource, graph: Graph) -> Iterator[Hidden]:
    """The pods of an add-on, or of a chart without the ones its rendering shows."""
    if resource.type == ADD_ON:
        values = mapping(unfolded(at(resource.inputs, "configurationValues")), "configurationValues")
        name = text(at(resource.inputs, "addonName"), "addonName")
        yield from (_hidden(pod, name, values) for pod in pods_of_add_on(name) or ())
    elif resource.type == RELEASE:
        values = mapping(at(resource.inputs, "values"), "values")
        is_rendered = any(one.parent == resource.urn for one in graph)
        for pod in pods_of_chart(chart_of(resource)):
            if pod.by_operator or not is_rendered:
                yield _hidden(pod, resource.name, values)


def uncounted(resource: Resource, graph: Graph) -> bool:
    """Whether an add-on or a chart brings pods that nobody can tell; one whose name is not known yet does."""
    try:
        if resource.type == ADD_ON:
            return pods_of_add_on(text(at(resource.inputs, "addonName"), "addonName")) is None
        return (
            resource.type == RELEASE
            and not pods_of_chart(chart_of(resource))
            and not any(one.parent == resource.urn for one in graph)
        )
    except UndecidedError:
        return True


def _hidden(pod: HiddenPod, brings: str, values: Mapping[str, Any]) -> Hidden:
    where, _, value = pod.per_node_where.partition("=")
    per_node = pod.per_node or (bool(where) and text(at(values, where), where) == value)
    asked = of_resources(mapping(at(values, pod.resources), pod.resources)) if pod.resources else None
    cpu, memory = (
        pod.cpu_m + (asked.cpu_m if asked else 0),
        pod.memory_mib + (asked.memory_mib if asked else 0),
    )
    said = number(at(values, pod.replicas_at), pod.replicas_at) if pod.replicas_at else None
    spec: dict[str, Any] = {
        "containers": [{"resources": {"requests": {"cpu": f"{cpu}m", "memory": f"{memory}Mi"}}}],
        "tolerations": [{"key": key, "operator": "Exists"} for key in pod.tolerates],
    }
    if pod.per_node:
        spec["tolerations"] = _EVERYWHERE
    elif pod.settings is not None or not pod.resources:
        given = mapping(at(values, pod.settings) if pod.settings else values, pod.settings or "values")
        spec |= {key: given[key] for key in _PLACEMENT if given.get(key) is not None}
    return Hidden(f"{brings}: {pod.name}", spec, pod.replicas if said is None else int(said), per_node)
