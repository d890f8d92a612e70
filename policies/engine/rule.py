"""One rule: what must hold, for which kinds of resource, why, and what to do about it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from policies.engine.graph import Graph, Resource

Level = Literal["mandatory", "advisory"]
Check = Callable[[Resource, Graph], Iterable[str]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A statement of the good state and the pure function that finds what breaks it.

    ``applies_to`` holds type tokens; ``kubernetes:*`` means every type that begins so.

    ``check`` yields one short text per offence, narrow enough that one of them can be waived; nothing
    means the resource is fine. It raises :class:`policies.engine.values.UndecidedError` where a value it needs
    cannot be read; what it yielded before is kept. ``reads_graph`` is true where the check looks at other
    resources: in an engine such a rule can only run once the whole stack is known. ``reads_retention`` is
    true where it asks whether a resource is retained on delete, which an engine tells no policy pack.
    ``house`` is true where it holds this platform to its own conventions: a stack that chose otherwise is not
    wrong, and is not asked.
    """

    id: str
    applies_to: tuple[str, ...]
    why: str
    fix: str
    check: Check
    level: Level = "mandatory"
    reads_graph: bool = False
    reads_retention: bool = False
    house: bool = False
