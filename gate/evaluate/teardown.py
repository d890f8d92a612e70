"""What ends a platform: the commands, in the order in which they can succeed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gate.capture.chosen import chosen
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from stacks.load import Stack


def teardown(name: str, root: Path = ROOT) -> list[str]:
    """The commands that end a stack and those that stand on it, the last one built first.

    Raises:
        GateError: no such stack, or one of them is durable: it would be refused half-way.
    """
    every = chosen([], root)
    if name not in {stack.name for stack in every}:
        known = ", ".join(stack.name for stack in every)
        raise GateError(f"{name}: no such stack; there are {known}")
    ending = [stack for stack in reversed(every) if name in _chain(stack)]
    durable = [stack.name for stack in ending if not stack.settings.platform.kept.disposable]
    if durable:
        raise GateError(
            "a durable platform is not torn down by a command:",
            [
                f"{stack}: platform.lifecycle is durable; set disposable, bring that up, and ask again"
                for stack in durable
            ],
        )
    return [line for stack in ending for line in _commands(stack.name)]


def _chain(stack: Stack) -> Iterable[str]:
    """A stack's own name and those of the stacks it stands on."""
    while True:
        yield stack.name
        if stack.upstream is None:
            return
        stack = stack.upstream


def _commands(stack: str) -> Iterator[str]:
    yield f"pulumi destroy --stack {stack} --yes"
    # The file is committed: without the flag Pulumi deletes it with the stack.
    yield f"pulumi stack rm {stack} --preserve-config --yes"
