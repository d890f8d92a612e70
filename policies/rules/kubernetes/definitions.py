"""What must hold for definitions of custom kinds (CRDs): each has one owner."""

from collections.abc import Iterable, Mapping

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.kubernetes.charts import RELEASE, apis_of, holds, kinds_defined, left_out
from policies.analysis.kubernetes.metadata import name_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, text


def kind_defined(definition: Resource) -> str:
    """``Kind.group`` of what a definition defines."""
    spec = mapping(at(definition.inputs, "spec"), "spec")
    return f"{text(at(spec, 'names.kind'), 'spec.names.kind')}.{text(at(spec, 'group'), 'spec.group')}"


def _second_owner(release: Resource, graph: Graph) -> Iterable[Offence]:
    kinds = _kinds(release, graph)
    if not kinds:
        return
    out = left_out(release)
    declared = [
        d
        for d in graph.of_type(DEFINITION)
        if not d.rendered and holds(kinds, kind_defined(d)) and name_of(d) not in out
    ]
    if declared:
        yield Offence(
            path="chart",
            problem=f"defines {kind_defined(declared[0])}, and {declared[0].name} is declared here too",
            value=at(release.inputs, "chart"),
        )
    for other in graph.of_type(RELEASE):
        # One of the two says it.
        if other.urn <= release.urn or _are_ordered(release, other, graph):
            continue
        shared = _shared(kinds, _kinds(other, graph))
        if shared:
            yield Offence(
                path="chart",
                problem=f"it and that of {other.name} both define {shared}, and neither waits for the other",
                value=at(release.inputs, "chart"),
            )


def _kinds(release: Resource, graph: Graph) -> list[str]:
    """What a chart is known to define, and what it was seen to define where it was rendered."""
    return [*kinds_defined(release), *graph.once(_rendered).get(release.urn, ())]


def _rendered(graph: Graph) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for definition in graph.of_type(DEFINITION):
        if definition.rendered:
            found.setdefault(definition.parent, []).append(kind_defined(definition))
    return found


def _in_a_chart(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if kinds_defined(release) and not left_out(release) and not apis_of(release).kept:
        yield Offence(
            path="chart",
            problem=f"brings definitions ({', '.join(kinds_defined(release)[:2])}, ...)",
            value=at(release.inputs, "chart"),
        )


def _are_ordered(one: Resource, other: Resource, graph: Graph) -> bool:
    return one.urn in graph.waits_for(other.urn) or other.urn in graph.waits_for(one.urn)


def _shared(kinds: Iterable[str], others: Iterable[str]) -> str:
    """The first kind, or group of kinds, that stands among both."""
    others = list(others)
    for kind in kinds:
        if holds(others, kind):
            return kind
    return next((other for other in others if holds(kinds, other)), "")


RULES: tuple[Rule, ...] = (
    Rule(
        id="definitions-have-one-owner",
        severity="high",
        applies_to=(RELEASE,),
        why=(
            "Helm refuses a definition it did not make. Where two releases look at once, both make it, one fails, "
            "and its clean-up deletes the other's definition with all objects of the kind."
        ),
        fix="Let one place bring the kind and switch it off in the other chart's values, or order the two releases.",
        check=_second_owner,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="definitions-are-objects",
        severity="high",
        applies_to=(RELEASE,),
        why=(
            "Helm records a release in one Secret, and Envoy Gateway's definitions take twice what that holds. "
            "And what a release made goes when the release goes."
        ),
        fix="Declare the definitions from the pinned module (facts/pins/crds.yaml), and tell the chart to bring none.",
        check=_in_a_chart,
    ),
)
