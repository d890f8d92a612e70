"""What must hold for pods that join the mesh by their own label: the mesh is there when they start."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.mesh.objects import istio_chart
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping

_LABEL: Final = "istio.io/dataplane-mode"


def _starts_outside(release: Resource, graph: Graph) -> Iterable[Offence]:
    places = list(_labelled(mapping(at(release.inputs, "values"), "values"), "values"))
    for agents in graph.of_type(RELEASE):
        if places and istio_chart(agents) == "ztunnel" and agents.urn not in graph.waits_for(release.urn):
            yield Offence(
                path=places[0],
                problem=f"the release does not wait for {agents.name}, and its pods start outside the mesh",
                value="ambient",
            )


def _labelled(value: Any, path: str) -> Iterator[str]:
    """Where in the values pods are labelled into the mesh."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key == _LABEL and item == "ambient":
                yield f"{path}[{_LABEL}]"
            else:
                yield from _labelled(item, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _labelled(item, f"{path}[{index}]")


RULES: tuple[Rule, ...] = (
    Rule(
        id="meshed-pods-wait-for-the-mesh",
        severity="high",
        applies_to=(RELEASE,),
        why="A pod that starts before the node's agents talks in plain text, and peers that ask for mTLS refuse it.",
        fix="Let the release depend on ztunnel (the mesh's handle carries it in ready).",
        check=_starts_outside,
        reads_graph=True,
    ),
)
