"""A change that can touch no stack is answered before anything heavy is imported."""

from pathlib import Path
from typing import Final

from rich.console import Console

from gate.core.git import base_commit, changed_files, describe
from gate.difference.output import clear, finish
from gate.difference.record import Difference

_EVERYTHING: Final = (
    "__main__.py",
    "Pulumi.yaml",
    "components/",
    "facts/",
    "gate/",
    "policies/",
    "pyproject.toml",
    "releases/",
    "requirements.txt",
    "stacks/",
    "tools/checkov",
)
"""What every stack is made of or judged by."""
_READ_BY_PEOPLE: Final = (".md",)
_ROOT: Final = Path(__file__).parents[2]
NOTHING_CHANGED: Final = "Nothing that stacks are made of changed."


def can_touch(path: str) -> bool:
    """Whether a changed file can make any stack differ."""
    return path.startswith(_EVERYTHING) and not path.endswith(_READ_BY_PEOPLE)


def answered(reference: str, output: Path, console: Console) -> bool:
    """Whether the change since a reference touches no stack; if so, the difference that says it is written.

    Raises:
        GateError: there is no such reference, or the difference cannot be written.
    """
    clear(output)
    commit = base_commit(_ROOT, reference)
    if any(map(can_touch, changed_files(_ROOT, commit))):
        return False
    finish(untouched(commit, reference, _ROOT), output, console)
    return True


def untouched(commit: str, reference: str, root: Path) -> Difference:
    """The difference of a change that touches no stack that was asked for."""
    return Difference(
        base=f"{commit[:10]} ({reference})", head=describe(root), stacks=(), notes=[NOTHING_CHANGED]
    )
