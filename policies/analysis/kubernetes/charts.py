"""Helm releases as rules read them: which chart one installs."""

from collections.abc import Iterable, Sequence
from typing import Final

from facts.pins import ChartApis, chart_apis
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, flag, sequence, text

RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def chart_of(release: Resource) -> str:
    """The chart's own name, wherever it comes from."""
    return text(at(release.inputs, "chart"), "chart").rstrip("/").rpartition("/")[2]


def is_installed(chart: str, graph: Graph) -> bool:
    """Whether a release of the stack installs a chart."""
    return any(chart_of(release) == chart for release in graph.of_type(RELEASE))


def apis_of(release: Resource) -> ChartApis:
    """What the release's chart brings to the API server, as far as ``facts/pins/chart-apis.yaml`` knows it."""
    return chart_apis().get(chart_of(release), ChartApis())


def kinds_defined(release: Resource) -> Sequence[str]:
    """The kinds whose definitions a release installs with the values it has (``Kind.group`` or ``*.group``)."""
    apis = apis_of(release)
    if apis.switch and not flag(at(release.inputs, f"values.{apis.switch}"), apis.switch, default=apis.is_on):
        return ()
    return apis.defines


def left_out(release: Resource) -> frozenset[str]:
    """The definitions, by their names, that a release is told not to install."""
    path = f"values.{apis_of(release).leaves_out}"
    return frozenset(text(name, path) for name in sequence(at(release.inputs, path), path))


def holds(kinds: Iterable[str], kind: str) -> bool:
    """Whether a kind is among these."""
    return any(k in {kind, f"*.{kind.partition('.')[2]}"} for k in kinds)
