"""Who talks to whom, drawn: callers by their identity, pods by their labels, addresses as they are."""

from collections.abc import Sequence

from gate.difference.flows import Flow
from gate.page.diagram import Diagram, Edge, Node, draw

_MESH = "cluster.local/ns/"


def talks(flows: Sequence[Flow]) -> Diagram:
    """Flows as a drawing; addresses that call the same pods are one box, an identity and its pods too."""
    targets = sorted({f.target for f in flows})
    reached: dict[str, set[tuple[str, str]]] = {}
    for flow in flows:
        reached.setdefault(flow.caller, set()).add((flow.target, flow.port))
    boxes = {caller: _box(caller, targets, reached) for caller in reached}
    nodes = {box: _node(box) for box in (*boxes.values(), *targets)}
    ports: dict[tuple[str, str], set[str]] = {}
    for flow in flows:
        ports.setdefault((boxes[flow.caller], flow.target), set()).add(flow.port)
    edges = [
        Edge(source=source, target=target, label=", ".join(sorted(found)))
        for (source, target), found in sorted(ports.items())
    ]
    return draw([nodes[n] for n in sorted(nodes)], edges)


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


def _node(box: str) -> Node:
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
    more = f"and {len(lines) - 1} more" if len(lines) > 1 else "address"
    is_target = len(lines) == 1 and " " in box
    return Node(id=box, title=lines[0], note="" if is_target else more, kind="outside")
