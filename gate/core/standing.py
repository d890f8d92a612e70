"""Since when something in a file has been as it is, by the history that git keeps."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from gate.core import git
from gate.core.errors import GateError


def since(root: Path, file: str, value_in: Callable[[bytes], Any], value: Any) -> datetime | None:
    """The time of the commit that brought a value, which no later commit changed; None while it is not committed.

    Raises:
        GateError: git is missing, or the folder is no checkout.
    """
    found: datetime | None = None
    for commit, when in git.commits_of(root, file):
        if _value(root, commit, file, value_in) != value:
            break
        found = when
    return found


def _value(root: Path, commit: str, file: str, value_in: Callable[[bytes], Any]) -> Any:
    try:
        return value_in(git.bytes_at(root, commit, file))
    except GateError:  # the commit took the file away
        return None
