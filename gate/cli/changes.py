"""What a command that writes prints: the difference, as git would show it."""

import difflib
from collections.abc import Mapping
from pathlib import Path

from gate.cli.release_list import console
from gate.core.whole import put


def write(root: Path, files: Mapping[str, str | None]) -> None:
    """Write files of a checkout, all or none (None takes one away), and print what changed.

    Raises:
        GateError: one cannot be written; then all are as they were.
    """
    before = {name: _text(root / name) for name in files}
    put(root, files)
    for name, after in files.items():
        show(name, before[name], after)


def show(name: str, before: str | None, after: str | None, beside: str = "") -> None:
    """Print a unified difference; ``beside`` is the file it is compared with, where that is another one."""
    out = console()
    lines = difflib.unified_diff(
        (before or "").splitlines(),
        (after or "").splitlines(),
        "/dev/null" if before is None else f"a/{beside or name}",
        "/dev/null" if after is None else f"b/{name}",
        n=2,
        lineterm="",
    )
    for line in lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        out.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None
