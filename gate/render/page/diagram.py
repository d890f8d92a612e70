"""A layered drawing of who points at whom, as plain numbers: what ADR 10 chose over a renderer.

Nodes stand in rows, each below everything that points at it; lines that pass a row get a place in it, so
that they go round the boxes. The same graph always gives the same drawing.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 176
HEIGHT: Final = 46
_GAP: Final = 18
_BETWEEN_ROWS: Final = 52
_PASSING: Final = 14
_MARGIN: Final = 6
_SWEEPS: Final = 8
_LONGEST: Final = 20
_Item = tuple[str, int]
"""A node in its row, or a line that passes the row: then its number, from 1."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A box: what it is called, a line below, where it leads, and how it looks."""

    id: str
    title: str
    note: str = ""
    link: str = ""
    kind: str = "plain"

    @property
    def short_title(self) -> str:
        """The title as it fits the box."""
        return shortened(self.title)

    @property
    def short_note(self) -> str:
        """The note as it fits the box."""
        return shortened(self.note, _LONGEST + 4)


@dataclass(frozen=True, kw_only=True)
class Edge:
    """A line from one node to another, and what it says."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """Boxes with their corners, lines as SVG paths."""

    width: int
    height: int
    boxes: Sequence[tuple[Node, int, int]]
    lines: Sequence[tuple[Edge, str]]


def shortened(text: str, longest: int = _LONGEST) -> str:
    """A text with its middle left out where it is too long for a box."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[: longest - 1 - half]}…{text[-half:]}"


def draw(nodes: Sequence[Node], edges: Iterable[Edge]) -> Diagram:
    """Place nodes and lines; edges of unknown nodes and to oneself are left out."""
    known = {n.id: n for n in nodes}
    lines = sorted(
        {e for e in edges if e.source in known and e.target in known and e.source != e.target},
        key=lambda e: (e.source, e.target, e.label),
    )
    rank = _ranks(sorted(known), lines)
    rows = _ordered(rank, lines)
    corners, width = _places(rows)
    boxes = [(known[i], x, y) for (i, passing), (x, y) in sorted(corners.items()) if not passing]
    paths = [
        (e, _path([corners[item] for item in _way(number, e, rank)], up=rank[e.source] > rank[e.target]))
        for number, e in enumerate(lines, 1)
    ]
    height = max((y for _, _, y in boxes), default=0) + HEIGHT + _MARGIN
    return Diagram(width=width, height=height, boxes=boxes, lines=paths)


def _ranks(ids: Sequence[str], edges: Sequence[Edge]) -> Mapping[str, int]:
    """The row of each node: below all that point at it. An edge that closes a circle is not followed."""
    sources: dict[str, list[str]] = {i: [] for i in ids}
    for edge in edges:
        sources[edge.target].append(edge.source)
    rank: dict[str, int] = {}

    def of(node: str, above: frozenset[str]) -> int:
        if node not in rank:
            inside = above | {node}
            found = max((of(s, inside) + 1 for s in sources[node] if s not in inside), default=0)
            if not any(s in above for s in sources[node]):
                rank[node] = found
            return found
        return rank[node]

    for node in ids:
        rank[node] = of(node, frozenset())
    return rank


def _way(number: int, edge: Edge, rank: Mapping[str, int]) -> list[_Item]:
    """The items a line goes through, from top to bottom."""
    top, bottom = sorted((edge.source, edge.target), key=lambda n: (rank[n], n))
    passed = range(rank[top] + 1, rank[bottom])
    return [(top, 0), *((f"{row}", number) for row in passed), (bottom, 0)]


def _ordered(rank: Mapping[str, int], edges: Sequence[Edge]) -> list[list[_Item]]:
    """Rows in an order with few crossings: each item moves to the middle of its neighbours, down and up."""
    rows: list[list[_Item]] = [[] for _ in range(max(rank.values(), default=-1) + 1)]
    for node, row in sorted(rank.items()):
        rows[row].append((node, 0))
    above: dict[_Item, list[_Item]] = {}
    below: dict[_Item, list[_Item]] = {}
    for number, edge in enumerate(edges, 1):
        way = _way(number, edge, rank)
        for item in way[1:-1]:
            rows[int(item[0])].append(item)
        for upper, lower in itertools.pairwise(way):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        order = range(1, len(rows)) if down else range(len(rows) - 2, -1, -1)
        for index in order:
            there = {item: place for place, item in enumerate(rows[index - 1 if down else index + 1])}
            near = above if down else below
            rows[index] = _by_middle(rows[index], near, there)
    return rows


def _by_middle(
    row: list[_Item], near: Mapping[_Item, Sequence[_Item]], there: Mapping[_Item, int]
) -> list[_Item]:
    def middle(pair: tuple[int, _Item]) -> tuple[float, int]:
        own, item = pair
        places = sorted(there[n] for n in near.get(item, ()) if n in there)
        return (sum(places) / len(places) if places else float(own)), own

    return [item for _, item in sorted(enumerate(row), key=middle)]


def _places(rows: Sequence[Sequence[_Item]]) -> tuple[Mapping[_Item, tuple[int, int]], int]:
    """The left upper corner of every item, rows centred, and the width of the whole."""
    widths = [sum(_room(item) for item in row) - _GAP for row in rows]
    widest = max(widths, default=0)
    corners: dict[_Item, tuple[int, int]] = {}
    for index, (row, width) in enumerate(zip(rows, widths, strict=True)):
        x = _MARGIN + (widest - width) // 2
        for item in row:
            corners[item] = x, _MARGIN + index * (HEIGHT + _BETWEEN_ROWS)
            x += _room(item)
    return corners, widest + 2 * _MARGIN


def _room(item: _Item) -> int:
    """What an item takes of its row; lines that pass stand closer than boxes."""
    return _PASSING + _GAP // 2 if item[1] else WIDTH + _GAP


def _path(corners: Sequence[tuple[int, int]], *, up: bool) -> str:
    """A line through the items; it is drawn in the direction it points."""
    last = len(corners) - 1
    points: list[tuple[int, int]] = []
    for index, (x, y) in enumerate(corners):
        middle = x + (WIDTH if index in {0, last} else _PASSING) // 2
        points += [(middle, y)] if index == last else [(middle, y + HEIGHT)]
        if 0 < index < last:
            points[-1:] = [(middle, y), (middle, y + HEIGHT)]
    if up:
        points.reverse()
    drawn = [f"M{points[0][0]},{points[0][1]}"]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        half = (y1 + y2) // 2
        drawn.append(f"L{x2},{y2}" if x1 == x2 else f"C{x1},{half} {x2},{half} {x2},{y2}")
    return " ".join(drawn)
