"""A change that can touch no stack is answered before anything heavy is imported."""

from pathlib import Path
from typing import Final

from rich.console import Console

from gate.core.checkout import ROOT
from gate.core.git import base_commit, changed_files, describe
from gate.difference.output import clear, finish
from gate.difference.record import Difference

_TOUCHES_NOTHING: Final = (
    "docs/",
    "tests/",
    "changelog.d/",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "examples/README.md",
    "releases/README.md",
)
"""What nothing reads that makes, judges or deploys a stack; every other file may decide one, a new one too.

``tests/gate/pull_request/test_untouched.py`` records what is opened and imported while stacks are built and judged, and
none of it may stand here.
"""
NOTHING_CHANGED: Final = "Nothing that stacks are made of changed."


def can_touch(path: str) -> bool:
    """Whether a changed file can make any stack differ: yes, unless it is known to be read by people only."""
    return not any(
        path == known or (known.endswith("/") and path.startswith(known)) for known in _TOUCHES_NOTHING
    )


def answered(reference: str, output: Path, console: Console) -> bool:
    """Whether the change since a reference touches no stack; if so, the difference that says it is written.

    Raises:
        GateError: there is no such reference, or the difference cannot be written.
    """
    clear(output)
    commit = base_commit(ROOT, reference)
    if any(map(can_touch, changed_files(ROOT, commit))):
        return False
    finish(untouched(commit, reference, ROOT), output, console)
    return True


def untouched(commit: str, reference: str, root: Path) -> Difference:
    """The difference of a change that touches no stack that was asked for."""
    return Difference(
        base=f"{commit[:10]} ({reference})", head=describe(root), stacks=(), notes=[NOTHING_CHANGED]
    )
