"""Agents of a stack as rules see them: which pods are parts of one, and what its record lets it reach."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from policies.engine.graph import Graph, Resource
from policies.engine.values import at, known, mapping, text

WORKERS: Final = "slipway:agents:AgentWorkers"
NAMESPACE: Final = "agents"
NAME: Final = "slipway-agent"
PARTS: Final = ("reason", "plan", "act")
_NAME_LABEL: Final = "app.kubernetes.io/name"
_AGENT_LABEL: Final = "slipway.dev/agent"
_PART_LABEL: Final = "app.kubernetes.io/component"
_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True)
class Pods:
    """Whom labels select: one part of one agent, one agent, or (both empty) all of them."""

    agent: str
    part: str

    @property
    def label(self) -> str:
        return f"{self.agent} {self.part}" if self.part else self.agent or "every agent"


@dataclass(frozen=True, kw_only=True)
class Reach:
    """What tools of a record reach: Services of the cluster by namespace and name, and ports of hosts outside it."""

    services: frozenset[tuple[str, str]]
    ports: frozenset[int]


def selected(labels: Mapping[str, Any]) -> Pods | None:
    """Whose pods labels select; nothing where they can be no agent's."""
    said = {key: text(known(value), key) for key, value in labels.items()}
    if said and said.get(_NAME_LABEL) != NAME:
        return None
    return Pods(agent=said.get(_AGENT_LABEL, ""), part=said.get(_PART_LABEL, ""))


def part_of(workload: Resource) -> Pods | None:
    """The part that a workload runs; nothing where it is no agent's."""
    labels = mapping(at(workload.inputs, "spec.template.metadata.labels"), "spec.template.metadata.labels")
    found = selected(labels) if labels else None
    return found if found and found.part else None


def reach_of(agent: str, graph: Graph) -> Reach | None:
    """What an agent's record lets it reach, as the stack was built with it; nothing where no such agent is in view."""
    for workers in graph.of_type(WORKERS):
        if text(at(workers.inputs, "agent"), "agent") == agent:
            places = list(_places(workers))
            return Reach(
                services=frozenset(place for place in places if isinstance(place, tuple)),
                ports=frozenset(place for place in places if isinstance(place, int)),
            )
    return None


def _places(workers: Resource) -> Iterator[tuple[str, str] | int]:
    for tool in mapping(at(workers.inputs, "tools"), "tools").values():
        url = urlsplit(text(at(tool, "reaches"), "reaches"))
        if url.scheme not in _PORTS:
            continue
        parts = (url.hostname or "").removesuffix(".cluster.local").split(".")
        if len(parts) == len(("name", "namespace", "svc")) and parts[-1] == "svc":
            yield parts[1], parts[0]
        else:
            yield url.port or _PORTS[url.scheme]
