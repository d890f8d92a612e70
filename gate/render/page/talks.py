"""Who talks to whom, drawn: callers by their identity, pods by their labels, addresses as they are."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from ipaddress import ip_network
from typing import Final

from gate.render.page.diagram import Diagram, Edge, Node
from gate.render.page.shelves import draw_apart
from gate.report.flows import Flow

_MESH: Final = "cluster.local/ns/"
MOST_LINES: Final = 120
"""Lines that a person still follows in a drawing; Mermaid refuses 500 (its maxEdges; read 2026-11)."""


def who_talks(flows: Sequence[Flow]) -> tuple[Sequence[Node], Sequence[Edge]]:
    """Boxes and lines; addresses that call the same pods are one box, an identity and its pods too.

    What is no pod and no model is one box with others of its kind that the same callers reach the same way.
    Too many lines to be read become lines between namespaces.
    """
    targets = sorted({f.target for f in flows})
    reached: dict[str, set[tuple[str, str]]] = {}
    for flow in flows:
        reached.setdefault(flow.caller, set()).add((flow.target, flow.port))
    boxes = {caller: _box(caller, targets, reached) for caller in reached}
    applications = {f.caller for f in flows if f.of_model}
    alike = _alike(flows)
    nodes = {box: _node(box, applications) for box in (*boxes.values(), *map(alike.__getitem__, targets))}
    ports: dict[tuple[str, str], set[str]] = {}
    for flow in flows:
        ports.setdefault((boxes[flow.caller], alike[flow.target]), set()).add(flow.port)
    edges = [
        Edge(source=source, target=target, label=", ".join(sorted(filter(None, found))))
        for (source, target), found in sorted(ports.items())
    ]
    if len(edges) > MOST_LINES:
        return _by_namespace(nodes, edges)
    return [nodes[n] for n in sorted(nodes)], edges


def _alike(flows: Sequence[Flow]) -> dict[str, str]:
    """The box of each target."""
    callers: dict[str, set[tuple[str, str, str]]] = {}
    for flow in flows:
        callers.setdefault(flow.target, set()).add((flow.caller, flow.port, flow.detail))
    models = {f.target for f in flows if f.of_model}
    groups: dict[tuple[str, frozenset[tuple[str, str, str]]], list[str]] = {}
    for target, reached_by in sorted(callers.items()):
        kind = "" if "=" in target or target in models else target.rpartition(" ")[0]
        groups.setdefault((kind or target, frozenset(reached_by)), []).append(target)
    return {target: "\n".join(group) for group in groups.values() for target in group}


def talks(flows: Sequence[Flow]) -> Diagram:
    """Flows as a drawing."""
    return draw_apart(*who_talks(flows))


def _by_namespace(nodes: Mapping[str, Node], edges: Sequence[Edge]) -> tuple[Sequence[Node], Sequence[Edge]]:
    """One box for all pods and identities of a namespace; lines within it say nothing any more."""
    home = {box: _namespace(box) for box in nodes}
    held = Counter(home.values())
    counted = Counter((home[e.source], home[e.target]) for e in edges)
    folded = {
        name: nodes[name]
        if name in nodes
        else Node(id=name, title=name, note=_counted(held[name], "box", "boxes"), kind="pods")
        for name in held
    }
    lines = [
        Edge(source=source, target=target, label=_counted(count, "flow", "flows"))
        for (source, target), count in sorted(counted.items())
        if source != target
    ]
    return [folded[n] for n in sorted(folded)], lines


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _namespace(box: str) -> str:
    """The namespace a box stands in; itself where it stands in none."""
    if box.startswith(_MESH):
        return box.removeprefix(_MESH).partition("/")[0]
    namespace, _, labels = box.partition("/")
    return namespace if "=" in labels or labels == "every pod" else box


def _box(caller: str, targets: Sequence[str], reached: dict[str, set[tuple[str, str]]]) -> str:
    """The box a caller is drawn as."""
    if caller.startswith(_MESH):
        namespace, _, account = caller.removeprefix(_MESH).partition("/sa/")
        own = [
            t
            for t in targets
            if t.startswith(f"{namespace}/")
            and account in {pair.partition("=")[2] for pair in t.partition("/")[2].split(",")}
        ]
        return own[0] if len(own) == 1 else caller
    alike = sorted(c for c in reached if not c.startswith(_MESH) and reached[c] == reached[caller])
    return "\n".join(alike)


def _node(box: str, applications: Collection[str]) -> Node:
    if box.startswith(_MESH):
        namespace, _, account = box.removeprefix(_MESH).partition("/sa/")
        return Node(id=box, title=account, note=f"in {namespace}", kind="identity")
    namespace, _, labels = box.partition("/")
    if "=" in labels:
        pairs = dict(pair.partition("=")[::2] for pair in labels.split(","))
        name = pairs.get("name") or pairs.get("inferenceservice") or next(iter(pairs.values()))
        role = pairs.get("component", "").removeprefix("llminferenceservice-")
        return Node(id=box, title=name, note=f"{role or 'pods'} in {namespace}", kind="pods")
    lines = box.split("\n")
    note = f"and {len(lines) - 1} more" if len(lines) > 1 else ""
    if box in applications:
        note = "application"
    elif not note and _is_address(box):
        note = "address"
    return Node(id=box, title=lines[0], note=note, kind="outside")


def _is_address(text: str) -> bool:
    try:
        return bool(ip_network(text, strict=False))
    except ValueError:
        return False
