"""A difference as data: every format is rendered from these records."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

FORMAT = 1
"""Version of difference.json; it grows when a key changes its meaning."""

Kind = Literal["added", "removed", "changed", "replaced", "renamed", "moved"]


@dataclass(frozen=True, kw_only=True, order=True)
class Change:
    """One property: its path, and what it was and is. A side without it is empty."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, order=True)
class ResourceChange:
    """One resource.

    ``renamed`` means that it is destroyed and made again under another name, since nothing says that the two
    are one; ``moved`` that an alias says so. ``endangers`` tells what is lost on the way, where that is known.
    """

    kind: Kind
    component: str
    type: str
    name: str
    was: str = ""
    endangers: str = ""
    changes: tuple[Change, ...] = ()
    position: str = ""


@dataclass(frozen=True, kw_only=True)
class StackDifference:
    """One stack on both sides. Sentences are for people; records for machines."""

    stack: str
    verdict_before: str
    verdict: str
    resources: Sequence[ResourceChange] = ()
    new_findings: Sequence[Mapping[str, Any]] = ()
    fixed_findings: Sequence[Mapping[str, Any]] = ()
    waived_findings: Sequence[Mapping[str, Any]] = ()
    undecided: Sequence[Mapping[str, Any]] = ()
    gained: Sequence[str] = ()
    lost: Sequence[str] = ()
    opened: Sequence[str] = ()
    closed: Sequence[str] = ()
    models: Sequence[str] = ()
    capacity: Sequence[str] = ()
    problem: str = ""
    """Why a side could not be compared; the other one is judged all the same."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing that anybody acts on differs."""
        return self.verdict == self.verdict_before and not any(
            (
                self.resources,
                self.new_findings,
                self.fixed_findings,
                self.waived_findings,
                self.gained,
                self.lost,
                self.opened,
                self.closed,
                self.problem,
            )
        )

    def of_kind(self, *kinds: Kind) -> list[ResourceChange]:
        """The resources that changed in these ways."""
        return [r for r in self.resources if r.kind in kinds]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """All stacks, and what the two sides are."""

    base: str
    head: str
    stacks: Sequence[StackDifference]
    notes: Sequence[str] = ()

    def as_data(self) -> dict[str, Any]:
        """The difference as JSON data."""
        return {
            "format": FORMAT,
            "base": self.base,
            "head": self.head,
            "notes": list(self.notes),
            "stacks": [asdict(stack) for stack in self.stacks],
        }
