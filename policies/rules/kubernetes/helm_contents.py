"""What must hold for what a Helm release is made of: the pinned chart, nothing beside it, and a record that fits."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from facts.chart_contents import record_of
from facts.pins import Chart, charts
from policies.analysis.charts.joined import renderings
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.within import in_values
from policies.analysis.platform.registry import declared
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, mapping, text

MOST: Final = 1_048_576
"""Bytes that a Secret holds (``MaxSecretSize`` of k8s.io/api core/v1, read 2026-11-28)."""
_NEAR: Final = 0.7
_EXTRA: Final = re.compile(
    r"(?:extra|additional|raw|custom)(?:k8s)?(?:objects?|manifests?|deploy|resources|templates)",
    re.IGNORECASE,
)
_CREDENTIALS: Final = ("username", "password", "certFile", "keyFile")


def _record(release: Resource, graph: Graph) -> tuple[int, str] | None:
    """The size of Helm's record and how it is known: of these values, or of the chart's own."""
    for known in renderings(graph):
        if known.release.urn == release.urn and known.rendering is not None:
            return known.rendering.record_bytes, "with these values"
    size = record_of(chart_of(release), text(at(release.inputs, "version"), "version"))
    return (size, "with its own values") if size else None


def _too_large(release: Resource, graph: Graph) -> Iterable[Offence]:
    known = _record(release, graph)
    if known and known[0] > MOST:
        yield Offence(
            path="chart",
            problem=f"Helm's record of {chart_of(release)} takes {known[0]:,} bytes {known[1]}",
            value=at(release.inputs, "chart"),
            expected=f"a Secret holds {MOST:,}",
        )


def _nearly(release: Resource, graph: Graph) -> Iterable[Offence]:
    known = _record(release, graph)
    if known and _NEAR * MOST < known[0] <= MOST:
        yield Offence(
            path="chart",
            problem=(
                f"Helm's record of {chart_of(release)} takes {known[0]:,} bytes {known[1]}, "
                f"{known[0] / MOST:.0%} of what a Secret holds"
            ),
            value=at(release.inputs, "chart"),
        )


def _stale(release: Resource, graph: Graph) -> Iterable[Offence]:
    text(at(release.inputs, "version"), "version")
    for known in renderings(graph):
        if known.release.urn == release.urn and known.contents is not None and known.rendering is None:
            yield Offence(
                path="values",
                problem=f"{chart_of(release)} is in facts/charts, but {known.why_not}: its objects were not judged",
            )


def _elsewhere(release: Resource, graph: Graph, *, wants_pins: bool = False) -> Iterable[Offence]:
    said = mapping(at(release.inputs, "repositoryOpts"), "repositoryOpts")
    command = text(at(release.inputs, "postrender"), "postrender")
    if command:
        yield Offence(
            path="postrender",
            problem="a command of this machine changes what the chart renders, with all the deployer may do",
            value=command,
        )
    yield from (
        Offence(path=f"repositoryOpts.{name}", problem="stands in the program and in the state")
        for name in _CREDENTIALS
        if name in said and name not in release.secret_properties
    )
    chart = text(at(release.inputs, "chart"), "chart")
    pins = [pin for pin in charts().values() if pin.chart == chart_of(release)]
    if not pins:
        if wants_pins:
            yield Offence(
                path="chart", problem=f"{chart_of(release)} has no pin in facts/pins/charts.yaml", value=chart
            )
        return
    if chart.startswith(("./", "../", "/")):
        yield Offence(
            path="chart",
            problem=f"{chart} is a folder of this machine",
            value=chart,
            expected=f"the pinned one comes from {pins[0].repository}",
        )
    elif wants_pins:
        yield from _not_as_pinned(release, chart, pins, graph)


def _not_as_pinned(release: Resource, chart: str, pins: list[Chart], graph: Graph) -> Iterator[Offence]:
    """Organisations mirror charts: the last part of an address may stand in another registry, where they say so."""
    repository = text(at(release.inputs, "repositoryOpts.repo"), "repositoryOpts.repo")
    address = chart.rpartition("/")[0] if "://" in chart else repository
    version = text(at(release.inputs, "version"), "version")
    own = declared(graph)
    here = {f"oci://{own.root}/{pin.path}".rpartition("/")[0] for pin in pins} if own is not None else set()
    if address.rstrip("/") not in {pin.repository for pin in pins} | here:
        wanted = " or ".join(sorted({pin.repository for pin in pins}))
        yield Offence(
            path="repositoryOpts.repo",
            problem=address or "none",
            value=address or None,
            expected=f"the pin says {wanted}",
        )
    if version not in {pin.version for pin in pins}:
        wanted = " or ".join(sorted({pin.version for pin in pins}))
        yield Offence(
            path="version",
            problem=version or "none",
            value=version or None,
            expected=f"the pin says {wanted}",
        )


def _extra(release: Resource, _graph: Graph) -> Iterable[Offence]:
    values = at(release.inputs, "values")
    for path, object_ in in_values(values, "values"):
        yield Offence(path=path, problem=f"holds the manifest of a {object_['kind']}", value=object_["kind"])
    for path, value in _named(values, "values"):
        if value and not any(True for _ in in_values(value, path)):
            yield Offence(path=path, problem="what stands here becomes objects, and cannot be read")


def _named(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if _EXTRA.fullmatch(str(key)):
                yield f"{path}.{key}", item
            else:
                yield from _named(item, f"{path}.{key}")


RULES: tuple[Rule, ...] = (
    Rule(
        id="helm-records-fit-in-a-secret",
        severity="high",
        applies_to=(RELEASE,),
        why="Helm keeps a release's chart, values and manifests in one Secret; a larger one is refused.",
        fix="Declare the definitions as objects, and install the chart without them.",
        check=_too_large,
        reads_graph=True,
    ),
    Rule(
        id="helm-records-have-room",
        severity="high",
        applies_to=(RELEASE,),
        why="The next version of a chart is larger, and an update whose record does not fit fails half way.",
        fix="Declare the definitions as objects, and install the chart without them.",
        check=_nearly,
        level="advisory",
        reads_graph=True,
    ),
    Rule(
        id="charts-are-held-to-their-pins",
        severity="high",
        applies_to=(RELEASE,),
        why="One chart of one repository was reviewed and rendered; another one has the same rights in the cluster.",
        fix="Install the chart of facts/pins/charts.yaml from its repository, as it is; add a pin for a new one.",
        check=_elsewhere,
        on_platform=Variant(
            "Every chart has a pin, and comes from its repository in its version.",
            partial(_elsewhere, wants_pins=True),
        ),
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="chart-values-are-rendered",
        severity="high",
        applies_to=(RELEASE,),
        why="What a chart installs is judged as it was rendered; of other values nobody knows what they make.",
        fix="Run make charts and commit facts/charts.",
        check=_stale,
        level="advisory",
        reads_graph=True,
    ),
    Rule(
        id="chart-values-bring-no-extra-objects",
        severity="high",
        applies_to=(RELEASE,),
        why="An object in a chart's values belongs to no component, and has neither its position nor its order.",
        fix="Declare the object in the program.",
        check=_extra,
        reads_graph=True,
    ),
)
