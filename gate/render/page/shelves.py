"""Drawings that have no line between them, side by side on shelves as wide as a page."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from gate.render.page.diagram import Diagram, Edge, Node, draw

WIDEST: Final = 1100
"""Units that fit a page at desktop width; one unit is one pixel."""
_BETWEEN: Final = 12
_POINT: Final = re.compile(r"(-?\d+),(-?\d+)")


def draw_apart(nodes: Sequence[Node], edges: Iterable[Edge]) -> Diagram:
    """Nodes and lines as :func:`draw`, but what is not connected need not share its rows."""
    lines = list(edges)
    whole = draw(nodes, lines)
    if whole.width <= WIDEST:
        return whole
    parts = [draw(group, lines) for group in _connected(nodes, lines)]
    parts.sort(key=lambda part: (-part.height, -part.width, part.boxes[0][0].id))
    shelves: list[list[Diagram]] = []
    for part in parts:
        if shelves and _wide([*shelves[-1], part]) <= WIDEST:
            shelves[-1].append(part)
        else:
            shelves.append([part])
    widest = max(map(_wide, shelves))
    placed, y = [], 0
    for shelf in shelves:
        x = (
            widest - _wide(shelf)
        ) // 2  # in the middle, where a page begins to look at a drawing that is wider than it
        for part in shelf:
            placed.append((part, x, y))
            x += part.width + _BETWEEN
        y += max(part.height for part in shelf) + _BETWEEN
    return Diagram(
        width=widest,
        height=y - _BETWEEN,
        boxes=[(node, x + dx, y + dy) for part, dx, dy in placed for node, x, y in part.boxes],
        lines=[(edge, _moved(path, dx, dy)) for part, dx, dy in placed for edge, path in part.lines],
    )


def _wide(shelf: Sequence[Diagram]) -> int:
    return sum(part.width + _BETWEEN for part in shelf) - _BETWEEN


def _connected(nodes: Sequence[Node], edges: Sequence[Edge]) -> list[list[Node]]:
    """Nodes that lines join, in whatever direction they point."""
    group = {n.id: {n.id} for n in nodes}
    for edge in edges:
        if edge.source in group and edge.target in group and group[edge.source] is not group[edge.target]:
            joined = group[edge.source] | group[edge.target]
            group |= dict.fromkeys(joined, joined)
    found: dict[int, list[Node]] = {}
    for node in sorted(nodes, key=lambda n: n.id):
        found.setdefault(id(group[node.id]), []).append(node)
    return list(found.values())


def _moved(path: str, right: int, down: int) -> str:
    return _POINT.sub(lambda at: f"{int(at[1]) + right},{int(at[2]) + down}", path)
