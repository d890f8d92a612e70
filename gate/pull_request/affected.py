"""Which stacks a set of changed files can touch; what cannot touch any is known, not guessed."""

import json
import re
from collections.abc import Iterable, Sequence
from typing import Final

from gate.core.errors import GateError
from gate.pull_request.untouched import can_touch
from stacks.load import Stack

LEVELS: Final = 3
"""Levels of stacks that the workflows have a job for."""
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


def stacks_among(paths: Iterable[str]) -> list[str]:
    """The names of the stacks whose files are among these."""
    return [found["stack"] for found in map(_STACK.match, paths) if found]


def levels(names: Iterable[str], stacks: Sequence[Stack]) -> list[list[str]]:
    """The named stacks by how many stand under them, so that one level can run at once, after the one before.

    Raises:
        GateError: stacks stand higher on each other than the workflows have jobs for.
    """
    wanted = set(names)
    found: list[list[str]] = [[] for _ in range(LEVELS)]
    for stack in stacks:
        height = len(_line(stack)) - 1
        if height >= LEVELS:
            raise GateError(
                f"stack {stack.name} stands on {height} others; the workflows have jobs for {LEVELS - 1}: give "
                "them one more, and gate/pull_request/affected.py too"
            )
        if stack.name in wanted:
            found[height].append(stack.name)
    return found


def matrices(found: Iterable[Sequence[str]]) -> list[str]:
    """Lines as GitHub reads a job's outputs: all stacks, then each level, as a matrix or as nothing."""
    by_level = [list(names) for names in found]
    every = [name for names in by_level for name in names]
    named = {"all": every, **{f"level-{height}": names for height, names in enumerate(by_level)}}
    return [f"{output}={json.dumps({'stack': names}) if names else ''}" for output, names in named.items()]


def _line(stack: Stack) -> list[str]:
    """The stack and everything it stands on."""
    return [stack.name, *(_line(stack.upstream) if stack.upstream else [])]
