"""A difference in one sentence, and stacks of which the same is to be said."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from gate.difference.record import Difference, StackDifference

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SAYS: Final[Sequence[tuple[str, Callable[[StackDifference], Any]]]] = (
    ("a mandatory rule breaks", lambda s: [f for f in s.new_findings if f["level"] == "mandatory"]),
    ("advice is not followed", lambda s: [f for f in s.new_findings if f["level"] != "mandatory"]),
    ("a rule cannot be decided any more", lambda s: s.undecided),
    ("a finding is waived", lambda s: s.waived_findings),
    ("a finding is mended", lambda s: s.fixed_findings),
    ("permissions are gained", lambda s: s.gained),
    ("permissions are lost", lambda s: s.lost),
    ("something becomes reachable", lambda s: s.opened),
    ("something is reachable no longer", lambda s: s.closed),
    ("models or their traffic change", lambda s: s.models),
    ("machines or GPUs change", lambda s: s.capacity),
    ("something is kept longer or shorter", lambda s: s.kept),
)


def in_short(difference: Difference) -> str:
    """What a reviewer must know, with the stacks it holds for; empty where nothing was compared."""
    compared = [s for s in difference.stacks if not s.problem]
    by_stacks: dict[tuple[str, ...], list[str]] = {}
    for what, shown in _SAYS:
        by_stacks.setdefault(tuple(s.stack for s in compared if shown(s)), []).append(what)
    found = [f"in {', '.join(stacks)}, {', '.join(said)}" for stacks, said in by_stacks.items() if stacks]
    if not found and any(s.resources for s in compared):
        return "resources differ, and no verdict, permission, flow, model or machine with them"
    if not found and compared:
        return "nothing differs in what the stacks are made of"
    return "; ".join(found)


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
    """All that is said, without the stack's name and without identifiers that are drawn by chance."""
    said = json.dumps(asdict(stack) | {"stack": ""}, sort_keys=True)
    named = rf"(?<![a-z0-9]){re.escape(stack.stack)}(?![a-z0-9])"
    return _UUID.sub("UUID", re.sub(named, "STACK", said))
