"""One rule: what must hold, for which kinds of resource, how bad it is, why, and what to do about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from policies.engine.graph import Graph, Resource

Level = Literal["mandatory", "advisory"]
Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "high", "medium", "low")
"""By what is lost: critical, an account, a cluster or all data; high, a secret, an outage, or it cannot run; medium, a
layer of defence; low, order and cost."""


@dataclass(frozen=True, kw_only=True)
class Offence:
    """What breaks a rule in one place: the property, what stands there, what is wrong with it.

    ``path`` is in the words of the API (``spec.containers[0].ports[0].hostPort``), as it stands in the resource's
    inputs or would stand there; empty only for the resource as a whole, such as for what it does not wait for.
    ``value`` is what stands there, never a credential; a line of the stack file that holds it is the finding's line.
    """

    path: str
    problem: str
    value: Any = None
    expected: str = ""

    @property
    def message(self) -> str:
        """The sentence: path first, then what is wrong and what is allowed."""
        said = f"{self.path}: {self.problem}" if self.path else self.problem
        return f"{said}; {self.expected}" if self.expected else said


Check = Callable[[Resource, Graph], Iterable[Offence]]


@dataclass(frozen=True)
class Variant:
    """What the platform pack asks of a portable rule: ``check`` with the pack's parameters, and in words what it asks.

    A parameter may also allow what others may not, where the platform's conventions tell more than files of others do.
    """

    asks: str
    check: Check


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A statement of the good state and the pure function that finds what breaks it.

    ``applies_to`` holds type tokens; ``kubernetes:*`` means every type that begins so.

    ``check`` yields one :class:`Offence` for each cause, narrow enough that one of them can be waived; nothing means
    the resource is fine. It raises
    :class:`policies.engine.values.UndecidedError` where a value it needs cannot be read; what it yielded before is
    kept. ``reads_graph`` is true where the check looks at other resources: in an engine such a rule can only run once
    the whole stack is known. ``reads_retention`` is true where it asks whether a resource is retained on delete, which
    an engine tells no policy pack. ``on_platform`` is what the platform pack asks in place of ``check``. ``of_kinds``
    is true where it says which kinds of resource a stack may have, whatever stands in them: it asks a patch like a
    whole object. ``aliases`` are ids it had before: waivers and questions by them keep working. ``same_as`` are
    checks of checkov for the same defect: what both find of one resource is told once (gate/evaluate/witnesses.py).
    """

    id: str
    applies_to: tuple[str, ...]
    why: str
    fix: str
    check: Check
    level: Level = "mandatory"
    reads_graph: bool = False
    reads_retention: bool = False
    on_platform: Variant | None = None
    of_kinds: bool = False
    severity: Severity = "medium"
    aliases: tuple[str, ...] = ()
    same_as: tuple[str, ...] = ()

    def in_platform_pack(self) -> "Rule":
        """The rule as the platform pack applies it."""
        return self if self.on_platform is None else replace(self, check=self.on_platform.check)

    @property
    def weight(self) -> str:
        """How bad it is when it breaks, and whether that stops a stack, in words."""
        return self.severity if self.level == "mandatory" else f"{self.severity}, advisory"
