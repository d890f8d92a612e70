"""Which stacks a set of changed files can touch; what cannot touch any is known, not guessed."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from gate.untouched import can_touch
from stacks.load import Stack

_STACK: Final = re.compile(r"^stacks/Pulumi\.(?P<stack>[a-z][a-z0-9-]*)\.yaml$")
_RELEASE: Final = re.compile(r"^releases/models/(?P<model>[^/]+)/")


def affected(paths: Iterable[str], stacks: Sequence[Stack]) -> list[str]:
    """The stacks that can differ, in the order given.

    A stack's own file touches it and what stands on it; a release touches the stacks that run its model. Of
    everything else that stacks are made of, all may differ.
    """
    touched: set[str] = set()
    for path in paths:
        if not can_touch(path):
            continue
        own, release = _STACK.match(path), _RELEASE.match(path)
        if own:
            touched |= {s.name for s in stacks if own["stack"] in _line(s)}
        elif release:
            touched |= {s.name for s in stacks if release["model"] in s.settings.models}
        else:
            return [s.name for s in stacks]
    return [s.name for s in stacks if s.name in touched]


def _line(stack: Stack) -> list[str]:
    """The stack and everything it stands on."""
    return [stack.name, *(_line(stack.upstream) if stack.upstream else [])]
