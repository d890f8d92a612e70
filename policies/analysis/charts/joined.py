"""A graph with what its Helm releases install, as children of each release.

Objects come from ``facts/charts``, where the chart was rendered with the same values (but for texts it only hands on).
They are marked as rendered: the program does not declare them, so they are in no state and no manifest of ours.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from facts.chart_contents import Contents, Rendering, of_chart
from policies.analysis.charts.values import closed, filled, is_text, leaves, token
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph, Resource, Unknown
from policies.engine.values import UndecidedError, at, flag, mapping, text

NO_FACTS: Final = "no rendering of this chart is known"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What is known of one release: its rendering and where that came from, or why there is none."""

    release: Resource
    contents: Contents | None = None
    rendering: Rendering | None = None
    why_not: str = ""

    @property
    def called(self) -> str:
        """The chart's name and version; empty where they are not known."""
        try:
            return name_and_version(self.release)
        except UndecidedError:
            return ""


def name_and_version(release: Resource) -> str:
    """Of the chart that a release installs."""
    return f"{chart_of(release)} {text(at(release.inputs, 'version'), 'version')}"


def joined(graph: Graph) -> Graph:
    """The graph and the objects its releases install; the same graph where they were joined before."""
    if any(resource.rendered for resource in graph):
        return graph
    children = [child for known in renderings(graph) for child in _children(known)]
    return Graph((*graph, *children), graph.elsewhere) if children else graph


def renderings(graph: Graph) -> list[Rendered]:
    """What is known of each release of a stack."""
    return graph.once(_renderings)


def _renderings(graph: Graph) -> list[Rendered]:
    return [_rendered(release) for release in graph.of_type(RELEASE) if not release.is_read]


def _rendered(release: Resource) -> Rendered:
    try:
        chart = chart_of(release)
        contents = of_chart(chart)
        if contents is None:
            return Rendered(release=release, why_not=NO_FACTS)
        return _matched(release, contents)
    except UndecidedError as missing:
        return Rendered(release=release, why_not=str(missing))


def _matched(release: Resource, contents: Contents) -> Rendered:
    version = text(at(release.inputs, "version"), "version")
    if version.removeprefix("v") != contents.version.removeprefix("v"):
        return Rendered(release=release, why_not=f"rendered is version {contents.version}")
    values = mapping(at(release.inputs, "values"), "values")
    name = text(at(release.inputs, "name"), "name") or release.name
    namespace = text(at(release.inputs, "namespace"), "namespace")
    skips = flag(at(release.inputs, "skipCrds"), "skipCrds")
    for rendering in contents.renderings:
        same = (rendering.release, rendering.namespace, rendering.skips_definitions) == (
            name,
            namespace,
            skips,
        )
        if same and closed(values, rendering.open) == rendering.closed and _may_be_filled(rendering, values):
            return Rendered(release=release, contents=contents, rendering=rendering)
    return Rendered(release=release, contents=contents, why_not="rendered were other values")


def _may_be_filled(rendering: Rendering, values: Mapping[str, Any]) -> bool:
    at_place = dict(leaves(values))
    return all(
        how == "any" or not isinstance(said := at_place.get(place), str) or is_text(said)
        for place, how in rendering.open.items()
    )


def _children(known: Rendered) -> Iterator[Resource]:
    if known.rendering is None:
        return
    values = dict(leaves(mapping(at(known.release.inputs, "values"), "values")))
    texts: dict[str, str | Unknown] = {
        token(place): said
        for place in known.rendering.open
        if isinstance(said := values.get(place), str | Unknown)
    }
    for written in known.rendering.objects:
        yield child(known.release, filled(written, texts))


def child(release: Resource, object_: Mapping[str, Any]) -> Resource:
    """One object as a resource below its release; it waits for what the release waits for."""
    type_ = type_of(object_)
    metadata = object_["metadata"]
    name = "/".join(part for part in (release.name, metadata.get("namespace"), metadata["name"]) if part)
    before, _, _ = release.urn.rpartition("::")
    return Resource(
        urn=f"{before}${type_}::{name}",
        type=type_,
        name=name,
        inputs=object_,
        parent=release.urn,
        provider=release.provider,
        dependencies=release.dependencies | {release.urn},
        retain_on_delete=release.retain_on_delete
        or (metadata.get("annotations") or {}).get("helm.sh/resource-policy") == "keep",
        rendered=True,
    )


def type_of(object_: Mapping[str, Any]) -> str:
    """The type as Pulumi names it."""
    version = str(object_["apiVersion"])
    return f"kubernetes:{version if '/' in version else f'core/{version}'}:{object_['kind']}"


def declared(resources: Iterable[Resource]) -> list[Resource]:
    """Without what charts install."""
    return [resource for resource in resources if not resource.rendered]
