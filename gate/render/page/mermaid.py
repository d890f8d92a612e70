"""Who talks to whom as Mermaid, which Markdown pages draw."""

import re
from collections.abc import Sequence
from typing import Final

from gate.core.printable import printable
from gate.render.page.diagram import Edge, Node
from gate.render.page.talks import who_talks
from gate.report.flows import Flow

_PLAIN: Final = re.compile(r"[^A-Za-z0-9 ._/:=,+()-]")
_SHAPES: Final = {"outside": ("([", "])"), "identity": ("(", ")")}


def as_mermaid(flows: Sequence[Flow]) -> str:
    """A flowchart from callers to what they may reach; the same flows give the same text."""
    nodes, edges = who_talks(flows)
    ids = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    return "\n".join(["flowchart LR", *(_box(ids[n.id], n) for n in nodes), *(_line(ids, e) for e in edges)])


def _box(name: str, node: Node) -> str:
    left, right = _SHAPES.get(node.kind, ("[", "]"))
    note = f"<br>{label_text(node.note)}" if node.note else ""
    return f'  {name}{left}"{label_text(node.title)}{note}"{right}'


def _line(ids: dict[str, str], edge: Edge) -> str:
    label = f'|"{label_text(edge.label)}"|' if edge.label else ""
    return f"  {ids[edge.source]} -->{label} {ids[edge.target]}"


def label_text(value: str) -> str:
    """Text that ends no label and no fence: whatever could is written by its number."""
    return _PLAIN.sub(lambda found: f"#{ord(found[0])};", printable(value))
