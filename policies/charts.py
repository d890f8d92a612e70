"""Helm releases as rules read them: which chart one installs."""

from typing import Final

from policies.reading import at, text
from policies.record import Graph, Resource

RELEASE: Final = "kubernetes:helm.sh/v3:Release"


def chart_of(release: Resource) -> str:
    """The chart's own name, wherever it comes from."""
    return text(at(release.inputs, "chart"), "chart").rstrip("/").rpartition("/")[2]


def is_installed(chart: str, graph: Graph) -> bool:
    """Whether a release of the stack installs a chart."""
    return any(chart_of(release) == chart for release in graph.of_type(RELEASE))
