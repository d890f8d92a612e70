"""A graph with what its Helm releases install, as children of each release.

Objects come from ``facts/charts``, where the chart was rendered with the same values (but for texts it only hands on).
They are marked as rendered: the program does not declare them, so they are in no state and no manifest of ours.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from facts.chart_contents import Contents, Rendering, of_chart
from policies.analysis.charts.moved import Moved, moved
from policies.analysis.charts.values import closed, filled, is_text, leaves, token
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.within import objects_within
from policies.engine.graph import Graph, Resource, Unknown
from policies.engine.normalize import written_type
from policies.engine.values import UndecidedError, at, flag, mapping, text

NO_FACTS: Final = "no rendering of this chart is known"


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What is known of one release: its rendering and where that came from, or why there is none."""

    release: Resource
    contents: Contents | None = None
    rendering: Rendering | None = None
    moved: Moved | None = None
    """Where its images lie in another registry than the one that was rendered."""
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
    """The graph, what its releases install and what stands inside others; the same graph where they were joined."""
    if any(resource.rendered for resource in graph):
        return graph
    children = [child for known in renderings(graph) for child in _children(known)]
    rendered = {known.release.urn for known in renderings(graph) if known.rendering is not None}
    children += [
        inner
        for resource in graph
        if resource.urn not in rendered and not resource.is_read
        for inner in _inside(resource)
    ]
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
        return Rendered(release=release, contents=contents, why_not=f"rendered is version {contents.version}")
    values = mapping(at(release.inputs, "values"), "values")
    plain = moved(chart_of(release), version, values)
    name = text(at(release.inputs, "name"), "name") or release.name
    namespace = text(at(release.inputs, "namespace"), "namespace")
    skips = flag(at(release.inputs, "skipCrds"), "skipCrds")
    for rendering in contents.renderings:
        same = (rendering.release, rendering.namespace, rendering.skips_definitions) == (
            name,
            namespace,
            skips,
        )
        if same and _holds(rendering, values):
            return Rendered(release=release, contents=contents, rendering=rendering)
        if same and plain.images and _holds(rendering, plain.values):
            return Rendered(release=release, contents=contents, rendering=rendering, moved=plain)
    return Rendered(release=release, contents=contents, why_not="rendered were other values")


def _holds(rendering: Rendering, values: Mapping[str, Any]) -> bool:
    return closed(values, rendering.open) == rendering.closed and _may_be_filled(rendering, values)


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
        made = filled(written, texts)
        yield child(known.release, known.moved.applied(made) if known.moved is not None else made)


def _inside(resource: Resource) -> Iterator[Resource]:
    for place, written in objects_within(resource):
        made = child(resource, written)
        yield replace(
            made,
            urn=f"{made.urn} {place}",
            name=made.name if resource.type == RELEASE else f"{made.name} ({place})",
            source=f"{resource.source} {place}" if resource.source else "",
        )


def child(release: Resource, object_: Mapping[str, Any]) -> Resource:
    """One object as a resource below its release; it waits for what the release waits for."""
    type_ = written_type(str(object_["apiVersion"]), str(object_["kind"]))
    metadata = object_["metadata"]
    name = "/".join(
        part
        for part in (release.name, metadata.get("namespace"), metadata.get("name"))
        if isinstance(part, str)
    )
    before, _, _ = release.urn.rpartition("::")
    return Resource(
        urn=f"{before}${type_}::{name}",
        type=type_,
        name=name,
        inputs=object_,
        parent=release.urn,
        provider=release.provider,
        dependencies=release.dependencies | {release.urn},
        retain_on_delete=release.retain_on_delete or _is_kept(metadata),
        rendered=True,
    )


def _is_kept(metadata: Mapping[str, Any]) -> bool:
    annotations = metadata.get("annotations")
    return isinstance(annotations, Mapping) and annotations.get("helm.sh/resource-policy") == "keep"
