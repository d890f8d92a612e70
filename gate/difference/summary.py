"""A difference in a few sentences, and stacks of which the same is to be said."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Final

from gate.difference.record import Difference, Said, StackDifference

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOST: Final = 2
"""Sentences of one kind that are all said; of more, the first and how many more there are."""
_DOES: Final[Sequence[tuple[str, Callable[[StackDifference], Any]]]] = (
    ("asks for what AWS refuses", lambda s: s.refused),
    ("breaks a mandatory rule", lambda s: _of_level(s.new_findings, mandatory=True)),
    ("leaves a rule undecided", lambda s: s.undecided),
    ("widens access", lambda s: s.gained or s.opened),
    ("has a finding waived", lambda s: s.waived_findings),
    ("changes how long something is kept", lambda s: s.kept),
    ("changes what models answer", lambda s: s.models),
    ("changes machines or replicas", lambda s: s.capacity),
    ("changes what it costs", lambda s: s.cost),
    ("takes access away", lambda s: s.lost or s.closed),
    ("mends a finding", lambda s: s.fixed_findings),
)


def does(difference: Difference) -> list[str]:
    """What the change does in few words, the gravest first; what no verdict speaks of too."""
    return [words for words, shown in _DOES if any(shown(s) for s in difference.telling)]


def in_short(stack: StackDifference) -> list[str]:
    """What a reviewer must know beside the findings, the gravest first: a few lines, however much there is."""
    said = [
        *stack.refused,
        # The one with the fewest conditions tells most.
        *_few(sorted(stack.gained, key=len), "permission is gained", "permissions are gained"),
        *_few(stack.opened, "way is opened", "ways are opened"),
        *_few(stack.models, "model changes", "models change"),
        *_few(stack.kept, "period changes", "periods change"),
        *_few(stack.capacity, "change of machines or replicas", "changes of machines or replicas"),
        *stack.cost,
        *_few(sorted(stack.lost, key=len), "permission is lost", "permissions are lost"),
        *_few(stack.closed, "way is closed", "ways are closed"),
    ]
    if stack.resources and not any(shown(stack) for _, shown in _DOES):
        count = len(stack.resources)
        differ, them = ("1 resource differs", "it") if count == 1 else (f"{count} resources differ", "them")
        said.append(f"{differ}, and no finding, permission, flow, model or machine with {them}")
    return said


def _of_level(findings: Sequence[Said], *, mandatory: bool) -> list[Said]:
    return [f for f in findings if (f["level"] == "mandatory") == mandatory]


def _few(lines: Sequence[str], one: str, many: str) -> Iterator[str]:
    if len(lines) <= MOST:
        yield from lines
        return
    rest = len(lines) - 1
    yield lines[0]
    yield f"{rest} more {one if rest == 1 else many}"


def alike(stacks: Sequence[StackDifference]) -> list[tuple[StackDifference, list[str]]]:
    """Each difference once, with the other stacks of which the same is to be said but for their own names."""
    found: dict[str, tuple[StackDifference, list[str]]] = {}
    for stack in stacks:
        key = _without_names(stack)
        if key in found:
            found[key][1].append(stack.stack)
        else:
            found[key] = (stack, [])
    return list(found.values())


def _without_names(stack: StackDifference) -> str:
    """All that is said, without the stack's name and without identifiers that are drawn by chance.

    The picture shows what did not change too, in which any two stacks differ.
    """
    said = json.dumps(asdict(stack) | {"stack": "", "picture": ""}, sort_keys=True)
    named = rf"(?<![a-z0-9]){re.escape(stack.stack)}(?![a-z0-9])"
    return _UUID.sub("UUID", re.sub(named, "STACK", said))
