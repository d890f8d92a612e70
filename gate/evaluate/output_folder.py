"""Writing a stack's reports so that a broken run leaves nothing that reads as a pass."""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from gate.core.errors import GateError

SUMMARY: Final = "summary.json"
"""What the page of all stacks says of one."""
INDEX: Final = "index.html"
_HEAD: Final = 500
"""Characters of a report within which it says what it is of."""


@contextmanager
def kept_to_oneself(output: Path) -> Iterator[None]:
    """A folder of reports that nobody else writes into: two runs would take away each other's.

    Raises:
        GateError: another run has it, or it cannot be made.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        handle = os.open(output, os.O_RDONLY)
    except OSError as error:
        raise GateError(f"{output} cannot be written:", [str(error)]) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise GateError(
            f"another preview writes into {output}:", ["wait for it, or name another folder with --output"]
        ) from None
    except OSError:
        pass  # a file system without locks: as before there were any
    try:
        yield
    finally:
        with suppress(OSError):
            os.close(handle)


def clear(folder: Path) -> None:
    """Remove what an earlier run left.

    Raises:
        GateError: something of it cannot be removed.
    """
    try:
        if folder.is_symlink() or folder.is_file():
            folder.unlink()  # what a link leads to is not ours
        elif folder.exists():
            shutil.rmtree(folder)
        for draft in folder.parent.glob(f".{folder.name}.*"):
            shutil.rmtree(draft)  # of a run that was killed while it wrote
    except OSError as error:
        raise GateError(f"{folder} cannot be removed:", [str(error)]) from None


def clear_reports(output: Path) -> None:
    """Remove every stack's reports that an earlier run left, and nothing else that lies there.

    Raises:
        GateError: something of it cannot be removed.
    """
    for report in sorted(output.glob("*/report.json")):
        folder = report.parent
        with suppress(OSError, UnicodeDecodeError), report.open(encoding="utf-8") as file:
            if f'"subject": "stack {folder.name}"' not in file.read(_HEAD):
                continue
        clear(folder)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files, or none: they appear together when the last one is complete.

    Raises:
        GateError: a file cannot be written.
    """
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        for name, text in files.items():
            (draft / name).parent.mkdir(exist_ok=True)
            (draft / name).write_text(text, encoding="utf-8")
        draft.rename(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise GateError(f"{folder} cannot be written:", [str(error)]) from None


def write_index(output: Path, page: Callable[[Sequence[Mapping[str, Any]]], str]) -> None:
    """Write the page of all stacks whose reports lie here, those of earlier runs too.

    Raises:
        GateError: it cannot be written.
    """
    found = []
    for file in sorted(output.glob(f"*/{SUMMARY}")):
        with suppress(OSError, ValueError):
            found.append(json.loads(file.read_text(encoding="utf-8")))
    try:
        (output / INDEX).write_text(page(found), encoding="utf-8")
    except OSError as error:
        raise GateError(f"{output} cannot be written:", [str(error)]) from None


def shown(path: Path) -> str:
    """A path as the person who started the command would write it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
