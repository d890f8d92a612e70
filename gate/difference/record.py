"""A difference as data: every format is rendered from these records."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

FORMAT = 1
"""Version of difference.json; it grows when a key changes its meaning."""

Verdict = Literal["pass", "fail", "error"]
Said = Mapping[str, str]
"""A finding, or what could not be decided, as report.json holds it."""
Judged = Literal["pass", "fail", "error", ""]
"""A verdict, or nothing where the stack is not there."""
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
    was_protected: bool = False
    """Whether the old one is protected, so that Pulumi refuses to destroy it."""


@dataclass(frozen=True, kw_only=True)
class StackDifference:
    """One stack on both sides. Sentences are for people; records for machines."""

    stack: str
    verdict_before: Judged
    verdict: Judged
    resources: Sequence[ResourceChange] = ()
    new_findings: Sequence[Said] = ()
    fixed_findings: Sequence[Said] = ()
    waived_findings: Sequence[Said] = ()
    undecided: Sequence[Said] = ()
    gained: Sequence[str] = ()
    lost: Sequence[str] = ()
    opened: Sequence[str] = ()
    closed: Sequence[str] = ()
    models: Sequence[str] = ()
    capacity: Sequence[str] = ()
    cost: Sequence[str] = ()
    kept: Sequence[str] = ()
    refused: Sequence[str] = ()
    """What AWS refuses to change on what runs."""
    picture: str = ""
    """The stack's picture with what changed marked, as Mermaid; empty where nothing in it did."""
    problem: str = ""
    """Why a side could not be compared; the other one is judged all the same."""

    @property
    def says_something(self) -> bool:
        """Whether there is anything to tell of the stack beyond its verdict."""
        return any(
            (
                self.resources,
                self.new_findings,
                self.fixed_findings,
                self.waived_findings,
                self.undecided,
                self.gained,
                self.lost,
                self.opened,
                self.closed,
                self.models,
                self.capacity,
                self.cost,
                self.kept,
                self.refused,
            )
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing that anybody acts on differs."""
        return self.verdict == self.verdict_before and not self.says_something and not self.problem

    @property
    def was_compared(self) -> bool:
        """Whether both sides could be built, or one has no such stack."""
        return not self.problem or bool(self.verdict_before)

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
    problems: Sequence[str] = ()
    """Why this side could not be judged at all, line by line."""

    @property
    def verdict(self) -> Verdict:
        """The worst of what this side's stacks came to."""
        said = {"error" if self.problems else "pass", *(s.verdict for s in self.stacks)}
        return "error" if "error" in said else "fail" if "fail" in said else "pass"

    @property
    def telling(self) -> list[StackDifference]:
        """The stacks of which there is something to tell."""
        return [s for s in self.stacks if s.says_something]

    @property
    def dangers(self) -> list[tuple[ResourceChange, list[str]]]:
        """What is lost on the way, each once, with the stacks that lose it."""
        found: dict[tuple[str, str, str, str], tuple[ResourceChange, list[str]]] = {}
        for stack in self.stacks:
            for r in stack.resources:
                if r.endangers:
                    found.setdefault((r.kind, r.type, r.name, r.was), (r, []))[1].append(stack.stack)
        return list(found.values())

    @property
    def causes(self) -> dict[str, list[str]]:
        """Why a stack was not compared, each reason once, with the stacks it stops."""
        found: dict[str, list[str]] = {}
        for stack in self.stacks:
            if stack.problem:
                found.setdefault(stack.problem.replace(f"stack {stack.stack}", "the stack"), []).append(
                    stack.stack
                )
        return found

    def as_data(self) -> dict[str, Any]:
        """The difference as JSON data."""
        return {
            "format": FORMAT,
            "base": self.base,
            "head": self.head,
            "verdict": self.verdict,
            "notes": list(self.notes),
            "problems": list(self.problems),
            "stacks": [asdict(stack) for stack in self.stacks],
        }
