"""Which files a path stands for; what cannot be looked at is a problem and never left out in silence."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

SUFFIXES = (".json", ".yaml", ".yml")
STDIN = Path("-")
"""What a pipe brings, as commands call it."""


def files_of(paths: Sequence[Path], problems: list[str]) -> Iterator[Path]:
    """Every file to judge, in order; what stands in the way is added to the problems."""
    for path in paths:
        try:
            if path == STDIN:
                yield path
            elif path.is_dir():
                yield from _inside(path, problems)
            elif path.is_file():
                yield path
            else:
                problems.append(f"{path}: {_why_no_file(path)}")
        except OSError as error:  # a name that is too long
            problems.append(f"{str(path)[:200]!r}: cannot be read: {error.strerror}")


def _why_no_file(path: Path) -> str:
    if path.exists():
        return "is no regular file"
    if path.is_symlink():
        return "is a link that leads nowhere, or in a circle"
    return "there is no such file or folder"


def _inside(folder: Path, problems: list[str]) -> Iterator[Path]:
    found: list[Path] = []
    root = folder.resolve()

    def unreadable(error: OSError) -> None:
        problems.append(f"{error.filename}: cannot be read: {error.strerror}")

    for here, folders, files in os.walk(folder, onerror=unreadable):
        for name in folders:
            path = Path(here, name)
            if path.is_symlink():
                _check_link(path, root, problems)
        for name in files:
            path = Path(here, name)
            if path.suffix not in SUFFIXES:
                continue
            if path.is_symlink():
                _check_link(path, root, problems)
            elif path.is_file():
                found.append(path)
            else:
                problems.append(f"{path}: {_why_no_file(path)}")
    if not found:
        problems.append(f"{folder}: holds no {', '.join(SUFFIXES)} file")
    yield from sorted(found)


def _check_link(path: Path, root: Path, problems: list[str]) -> None:
    """A link within the folder adds nothing to it; any other is not followed, and that must be said."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # Python 3.11 and 3.12 raise RuntimeError for a circle
        problems.append(f"{path}: {_why_no_file(path)}")
        return
    if path.parent.resolve().is_relative_to(target):
        problems.append(f"{path}: is a link that leads back to where it stands")
    elif not target.is_relative_to(root):
        problems.append(f"{path}: is a link that leads out of {root.name}; name what it leads to")
    elif target.is_file() and target.suffix not in SUFFIXES:
        problems.append(f"{path}: is a link to a file that is not judged here; name what it leads to")
