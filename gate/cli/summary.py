"""``slipway summary``: what a workflow's run shows of its reports, within what GitHub shows."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from gate.core.errors import GateError

LONGEST: Final = 1024 * 1024
"""GitHub's limit for a step's summary, in bytes (GitHub Actions, workflow commands; read 2026-11)."""
_ROOM: Final = 4096
"""Bytes that stay free for what is left out."""
_NAMED: Final = 20


def summary(difference: Path, reports: Path) -> str:
    """The difference, then the report of each stack, whole ones only; what is missing or too long is said.

    Raises:
        GateError: a file is there and cannot be read.
    """
    found = sorted(reports.glob("*/report.md"))
    said, left_out = [], []
    room = LONGEST - _ROOM
    for path in (difference, *found):
        text = _read(path)
        if text is None:
            continue
        size = len(text.encode())
        if size > room:
            left_out.append(path.parent.name)
            continue
        room -= size
        said.append(text)
    if not found:
        said.append("No stack could be judged: the steps before say why.\n")
    if left_out:
        said.append(f"Too long for a summary, see the artifact: {_named(left_out)}.\n")
    return "\n".join(said)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GateError(f"{path} cannot be read:", [error.strerror or str(error)]) from None


def _named(stacks: Iterable[str]) -> str:
    names = list(stacks)
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
