"""What must hold for where images and charts are pulled from, where a stack names a registry of its own."""

from collections.abc import Iterable
from typing import Final

from facts.pins import chart_images, charts
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.platform.registry import CACHE_RULE, declared, host_of, images_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

OBJECTS: Final = ("kubernetes:*",)
_CHARTS_OWN: Final = "the chart's own choice"
_DOCKER: Final = frozenset({"registry-1.docker.io", "index.docker.io"})
"""What a cache's rule calls Docker Hub."""


def _cached(graph: Graph) -> dict[str, str]:
    return graph.once(_caches)


def _caches(graph: Graph) -> dict[str, str]:
    """The prefix under which each public registry is cached in this stack, by the host that images name."""
    found = {}
    for rule in graph.of_type(CACHE_RULE):
        upstream = text(at(rule.inputs, "upstreamRegistryUrl"), "upstreamRegistryUrl")
        host = "docker.io" if upstream in _DOCKER else upstream
        found[host] = text(at(rule.inputs, "ecrRepositoryPrefix"), "ecrRepositoryPrefix")
    return found


def _past_the_cache(object_: Resource, graph: Graph) -> Iterable[Offence]:
    caches = _cached(graph)
    for place, image in images_of(object_) if caches else ():
        if prefix := caches.get(host_of(image)):
            yield Offence(path=place, problem=f"{image} is pulled past the cache {prefix}", value=image)


def _from_elsewhere(object_: Resource, graph: Graph) -> Iterable[Offence]:
    registry = declared(graph)
    for place, image in images_of(object_) if registry is not None else ():
        if registry is not None and not registry.holds(image):
            yield Offence(path=place, problem=f"{image} is not pulled from {registry.root}", value=image)


def _chart_from_elsewhere(release: Resource, graph: Graph) -> Iterable[Offence]:
    registry = declared(graph)
    if registry is None:
        return
    address = text(at(release.inputs, "chart"), "chart")
    if not address.startswith(f"oci://{registry.root}/"):
        yield Offence(path="chart", problem=f"{address} is not pulled from {registry.root}", value=address)
    pinned = {pin.chart for pin in charts().values()}
    places = chart_images().get(chart_of(release))
    if places is None:
        known = "a pin" if chart_of(release) in pinned else "no pin"
        yield Offence(
            path="chart",
            problem=f"{chart_of(release)} has {known}, and facts/pins/chart-images.yaml does not know its images",
        )
        return
    for place in places:
        said = text(at(release.inputs, f"values.{place}"), f"values.{place}")
        if said != registry.root and not registry.holds(said):
            yield Offence(
                path=f"values.{place}",
                problem=f"{said or _CHARTS_OWN} is not pulled from {registry.root}",
                value=said,
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="images-pass-their-cache",
        severity="medium",
        applies_to=OBJECTS,
        why="Public registries limit pulls by address, and an outage of theirs stops a recovery; the cache is there.",
        fix="Name the image below the cache's prefix in the account's registry.",
        check=_past_the_cache,
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="images-come-from-the-registry",
        severity="high",
        applies_to=OBJECTS,
        why="The stack says where everything is pulled from: what comes from elsewhere is neither kept nor scanned.",
        fix="Name the image as components.foundation.registry.Registry does, or copy it into the registry.",
        check=_from_elsewhere,
        reads_graph=True,
    ),
    Rule(
        id="charts-pull-from-the-registry",
        severity="high",
        applies_to=(RELEASE,),
        why="A chart pulls its images from its maker unless its values say otherwise, for each of them.",
        fix="Pass the registry to helm.release; a chart's images stand in facts/pins/chart-images.yaml.",
        check=_chart_from_elsewhere,
        reads_graph=True,
    ),
)
