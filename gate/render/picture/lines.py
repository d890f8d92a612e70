"""The lines of a picture: from where to where, and where their numbers stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gate.render.picture.stack import Group, Leaf
from gate.report.picture.scene import Leads, Link, Scene

Point = tuple[float, float]
_TIP: Final = 3
_BEFORE: Final = 21
"""How far before the end of its line a number stands."""
_ROUND: Final = 7
_ASIDE: Final = 0.84
"""Where a line from top to bottom ends, of the width of what it leads to."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line, the boxes it joins, and its number with the place of it; 0 where another line of its step has it."""

    points: Sequence[Point]
    leads: Leads
    joins: Sequence[str]
    step: int = 0
    badge: Point = (0, 0)

    @property
    def path(self) -> str:
        """As SVG writes it, with round corners."""
        first, *rest = self.points
        said = [f"M{_at(first)}"]
        before = first
        for index, point in enumerate(rest):
            after = rest[index + 1] if index + 1 < len(rest) else None
            if after is None:
                said.append(f"L{_at(point)}")
            else:
                said.append(f"L{_at(_towards(point, before))} Q{_at(point)} {_at(_towards(point, after))}")
            before = point
        return " ".join(said)


def lines(scene: Scene, whole: Group, *, down: bool) -> list[Line]:
    """Every line of a scene; ``down`` where a request goes from top to bottom."""
    leaves = {part.box.id: part for part in whole.everything() if isinstance(part, Leaf)}
    frames = {
        leaf.box.id: part
        for part in whole.everything()
        if isinstance(part, Group)
        for leaf in part.children
        if isinstance(leaf, Leaf) and part.axis == "column"
    }
    found = list(_requests(scene.links, leaves, frames, whole, down=down))
    if not down:
        found += _runs(scene.links, leaves, frames)
    return found


def _requests(
    links: Sequence[Link],
    leaves: Mapping[str, Leaf],
    frames: Mapping[str, Group],
    whole: Group,
    *,
    down: bool,
) -> Iterator[Line]:
    told: set[int] = set()
    drawn: set[tuple[Point, ...]] = set()
    for link in links:
        source, target = leaves.get(link.source), leaves.get(link.target)
        if link.leads == "runs" or source is None or target is None:
            continue
        many = sum(other.step == link.step and other.source == link.source for other in links) > 1
        if not down:
            points = _across(source, target, is_single=not many)
        elif link.leads == "files":
            points = _round_the_right(frames[link.source], target, whole)
        else:
            points = _down(source, target, frames, to_frame=many)
        if tuple(points) in drawn:
            continue
        drawn.add(tuple(points))
        badge = _badge(points, down=down, at_source=many and not down, files=link.leads == "files")
        yield Line(
            points=points,
            leads=link.leads,
            joins=(link.source, link.target),
            step=0 if link.step in told else link.step,
            badge=badge,
        )
        told.add(link.step)


def _across(source: Leaf, target: Leaf, *, is_single: bool) -> list[Point]:
    start = (source.x + source.w, source.y + source.h / 2)
    end = (target.x - _TIP, target.y + target.h / 2)
    if is_single and source.y + 8 <= end[1] <= source.y + source.h - 8 and _is_near(source, target):
        return [(start[0], end[1]), end]
    if abs(start[1] - end[1]) < 1:
        return [start, end]
    middle = (start[0] + end[0]) / 2 - _ROUND
    return [start, (middle, start[1]), (middle, end[1]), end]


def _is_near(source: Leaf, target: Leaf) -> bool:
    """Whether a line that is straight would do: both stand side by side at about one height."""
    return abs((source.y + source.h / 2) - (target.y + target.h / 2)) < min(source.h, target.h) / 2 - 8


def _down(source: Leaf, target: Leaf, frames: Mapping[str, Group], *, to_frame: bool) -> list[Point]:
    """From the bottom of what holds the source: to the right of the middle, where no heading stands."""
    upper: Leaf | Group = frames[source.box.id] if _is_namespace(frames, source) else source
    lower: Leaf | Group = frames[target.box.id] if to_frame else target
    end = (lower.x + lower.w * _ASIDE, lower.y - _TIP)
    if upper.x <= end[0] <= upper.x + upper.w:
        return [(end[0], upper.y + upper.h), end]
    start = (upper.x + upper.w / 2, upper.y + upper.h)
    half = start[1] + 12
    return [start, (start[0], half), (end[0], half), end]


def _is_namespace(frames: Mapping[str, Group], leaf: Leaf) -> bool:
    place = frames[leaf.box.id].place if leaf.box.id in frames else None
    return place is not None and place.stands == "namespace"


def _round_the_right(source: Group, target: Leaf, whole: Group) -> list[Point]:
    gutter = whole.x + whole.w - 11
    above = target.y - 13
    into = min(target.x + target.w / 2, gutter - 20)
    start = (source.x + source.w, source.y + source.h / 2)
    return [start, (gutter, start[1]), (gutter, above), (into, above), (into, target.y - _TIP)]


def _runs(links: Sequence[Link], leaves: Mapping[str, Leaf], frames: Mapping[str, Group]) -> Iterator[Line]:
    """What runs on which machines: one line from a namespace's frame, whatever it holds."""
    drawn: dict[tuple[int, str], list[str]] = {}
    for link in links:
        if link.leads == "runs" and link.source in frames and link.target in leaves:
            drawn.setdefault((id(frames[link.source]), link.target), []).append(link.source)
    for (_, target), sources in drawn.items():
        frame, pool = frames[sources[0]], leaves[target]
        x = frame.x + frame.w / 2
        if pool.x + 12 < x < pool.x + pool.w - 12:
            points = [(x, frame.y + frame.h), (x, pool.y - _TIP)]
        else:
            level = pool.y - 14
            points = [(x, frame.y + frame.h), (x, level), (pool.x + pool.w / 2, level)]
            points.append((pool.x + pool.w / 2, pool.y - _TIP))
        yield Line(points=points, leads="runs", joins=(*sources, target))


def _badge(points: Sequence[Point], *, down: bool, at_source: bool, files: bool) -> Point:
    if at_source:
        return (points[0][0] + points[-1][0]) / 2 - _ROUND, points[0][1]
    end = points[-1]
    if down and files:
        return points[1][0] - 2, (points[1][1] + points[2][1]) / 2
    return (end[0], end[1] - 18) if down else (end[0] - _BEFORE, end[1])


def _towards(point: Point, other: Point) -> Point:
    """A point on the way from a corner to the next one, where its rounding ends."""
    far = max(abs(point[0] - other[0]), abs(point[1] - other[1]))
    part = min(_ROUND, far / 2) / far if far else 0
    return point[0] + (other[0] - point[0]) * part, point[1] + (other[1] - point[1]) * part


def _at(point: Point) -> str:
    return f"{round(point[0], 1):g},{round(point[1], 1):g}"
