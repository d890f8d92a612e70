"""The picture as data, which every drawing is made from: places, what stands in them, what leads where."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Stands = Literal["account", "network", "cluster", "namespace"]
Role = Literal["caller", "balancer", "exit", "gateway", "controller", "model", "pool", "plane", "store"]
Leads = Literal["request", "files", "runs"]


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """An account, a network, a cluster or a namespace; ``inside`` is the id of what holds it."""

    id: str
    title: str
    stands: Stands
    inside: str = ""


@dataclass(frozen=True, kw_only=True, order=True)
class Box:
    """One thing in a place; ``link`` is a section of the report. ``machines`` are those at least and at most."""

    id: str
    title: str
    lines: tuple[str, ...] = ()
    role: Role
    place: str = ""
    link: str = ""
    machines: tuple[int, int] | None = None
    is_above: bool = False
    """Whether it belongs to the stack above."""


@dataclass(frozen=True, kw_only=True, order=True)
class Link:
    """What leads from one box to another; ``step`` is the number of the sentence that tells of it."""

    source: str
    target: str
    leads: Leads
    step: int = 0


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A whole picture; ``steps`` are a request's way in sentences, the first is step 1."""

    places: Sequence[Place] = ()
    boxes: Sequence[Box] = ()
    links: Sequence[Link] = ()
    steps: Sequence[str] = field(default_factory=tuple)

    @property
    def shows_something(self) -> bool:
        """Whether there is anything to draw."""
        return bool(self.boxes)

    def of_role(self, *roles: Role) -> list[Box]:
        """The boxes of these roles, in the order of the picture."""
        return [box for box in self.boxes if box.role in roles]

    def as_data(self) -> dict[str, Any]:
        """As JSON data, which :func:`scene_of` reads again."""
        return asdict(self)


def scene_of(data: Mapping[str, Any] | None) -> Scene:
    """The picture that a report.json holds; an empty one where it holds none, as those of older versions."""
    if not data:
        return Scene()
    return Scene(
        places=[Place(**place) for place in data["places"]],
        boxes=[
            Box(
                **{
                    **box,
                    "lines": tuple(box["lines"]),
                    "machines": tuple(box["machines"]) if box["machines"] else None,
                }
            )
            for box in data["boxes"]
        ],
        links=[Link(**link) for link in data["links"]],
        steps=tuple(data["steps"]),
    )
