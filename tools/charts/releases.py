"""Every release that the committed stacks and examples declare, with the values they pass."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gate.capture.capture import Captured
from gate.capture.chosen import with_upstreams
from gate.capture.stacks import capture_stack
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.engine.graph import Graph
from stacks.load import read_stack, stack_names
from tools.charts.renderer import Release
from tools.charts.sources import ROOT


class _Key:
    """Releases hold mappings; this is how two of them are the same."""

    def __init__(self, release: Release) -> None:
        self.text = json.dumps(vars(release), sort_keys=True)


def of_all_stacks() -> list[tuple[Release, list[str]]]:
    """Each different release and the stacks that declare it, sorted."""
    found: dict[str, tuple[Release, list[str]]] = {}
    for folder in (ROOT / "stacks", ROOT / "examples" / "stacks"):
        for stack, captured in _captured(folder):
            for release in of_graph(captured.graph):
                found.setdefault(_Key(release).text, (release, []))[1].append(stack)
    return [(release, sorted(stacks)) for _, (release, stacks) in sorted(found.items())]


def _captured(folder: Path) -> Iterable[tuple[str, Captured]]:
    exports: dict[str, Any] = {}
    for stack in with_upstreams(read_stack(name, folder) for name in stack_names(folder)):
        captured = capture_stack(stack, exports)
        exports[stack.name] = captured.exports
        yield stack.name, captured


def of_graph(graph: Graph) -> Iterable[Release]:
    """The releases of one captured stack."""
    for resource in graph.of_type(RELEASE):
        inputs = resource.inputs
        yield Release(
            chart=chart_of(resource),
            version=inputs["version"],
            name=inputs["name"],
            namespace=inputs["namespace"],
            skips_definitions=bool(inputs.get("skipCrds")),
            values=_whole(inputs.get("values") or {}),
        )


def _whole(value: Any) -> Any:
    """Whole numbers as such: Pulumi's own are all floating."""
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
