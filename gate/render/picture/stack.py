"""Boxes in rows, columns and frames, as a page lays out its parts: sizes first, then corners."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from gate.render.picture.text import wrapped
from gate.report.picture.scene import Box, Place

TITLE: Final = 13.5
NOTE: Final = 12.0
LINE: Final = 16
_PAD: Final = 11
_MACHINE: Final = 13
MOST_MACHINES: Final = 8


@dataclass(eq=False)
class Leaf:
    """A box of a width; its height follows from its text."""

    box: Box
    w: float
    x: float = 0
    y: float = 0
    least: float = 0

    @property
    def title(self) -> list[str]:
        """The title in lines."""
        return wrapped(self.box.title, TITLE, self.w - 2 * _PAD, bold=True)

    @property
    def notes(self) -> list[str]:
        """All lines below the title."""
        return [part for line in self.box.lines for part in wrapped(line, NOTE, self.w - 2 * _PAD)]

    @property
    def h(self) -> float:
        """How high it is."""
        machines = _MACHINE + 4 if self.box.machines else 0
        return max(self.least, LINE * (len(self.title) + len(self.notes)) + machines + 16)


@dataclass(eq=False)
class Group:
    """Leaves and groups in a row or a column, with a frame around them if they stand in a place."""

    children: Sequence["Leaf | Group"]
    axis: Literal["row", "column"]
    gap: float = 12
    place: Place | None = None
    caption: str = ""
    pad: float = 0
    centred: bool = False
    least: float = 0
    x: float = 0
    y: float = 0
    _size: tuple[float, float] | None = field(default=None, repr=False)

    @property
    def heading(self) -> list[str]:
        """The frame's or the group's title in lines."""
        text = self.place.title if self.place else self.caption
        return wrapped(text, NOTE, self._inner()[0], bold=True) if text else []

    def _inner(self) -> tuple[float, float]:
        along = [(c.w, c.h) for c in self.children]
        gaps = self.gap * max(0, len(along) - 1)
        if self.axis == "row":
            w, h = sum(a for a, _ in along) + gaps, max((b for _, b in along), default=0)
        else:
            w, h = max((a for a, _ in along), default=0), sum(b for _, b in along) + gaps
        return max(w, self.least - 2 * self.pad), h

    @property
    def w(self) -> float:
        """How wide it is."""
        return self.size[0]

    @property
    def h(self) -> float:
        """How high it is."""
        return self.size[1]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, worked out once."""
        if self._size is None:
            w, h = self._inner()
            top = LINE * len(self.heading) + (6 if self.heading else 0)
            self._size = w + 2 * self.pad, h + 2 * self.pad + top
        return self._size

    def put(self, x: float, y: float) -> None:
        """Give everything below its corner."""
        self.x, self.y = x, y
        across = y + self.pad + LINE * len(self.heading) + (6 if self.heading else 0)
        along = x + self.pad
        inner_w, inner_h = self.w - 2 * self.pad, self._inner()[1]
        for child in self.children:
            if self.axis == "row":
                at = along, across + ((inner_h - child.h) / 2 if self.centred else 0)
                along += child.w + self.gap
            else:
                at = along + ((inner_w - child.w) / 2 if self.centred else 0), across
                across += child.h + self.gap
            if isinstance(child, Group):
                child.put(*at)
            else:
                child.x, child.y = at

    def everything(self) -> Iterator["Leaf | Group"]:
        """Itself and all below it, the outer ones first."""
        yield self
        for child in self.children:
            if isinstance(child, Group):
                yield from child.everything()
            else:
                yield child


def grid(boxes: Sequence[Box], room: float, least: float, gap: float = 10) -> list[Group]:
    """Boxes in rows that fill a room: as many beside one another as are that wide, all of a row as high."""
    if not boxes:
        return []
    across = max(1, min(len(boxes), int((room + gap) // (least + gap))))
    # Rows as even as they can be: seven boxes are four and three, not six and one.
    rows = -(-len(boxes) // across)
    across = -(-len(boxes) // rows)
    w = (room - gap * (across - 1)) / across
    made = []
    for start in range(0, len(boxes), across):
        leaves = [Leaf(box, w) for box in boxes[start : start + across]]
        highest = max(leaf.h for leaf in leaves)
        for leaf in leaves:
            leaf.least = highest
        made.append(Group(leaves, "row", gap))
    return made
