"""Writing several files as one: all of them, or none, whatever interrupts."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from gate.core.errors import GateError


def put(root: Path, files: Mapping[str, str | bytes | None]) -> None:
    """Write files below a folder (None takes one away); what they are written over comes back where one fails.

    They are written next to their places first, so that a full disk or Ctrl-C changes nothing. Moving them takes no
    time, and Ctrl-C waits for it.

    Raises:
        GateError: they cannot be written; then every file is as it was.
    """
    made: list[Path] = []
    try:
        stage = Path(tempfile.mkdtemp(prefix=".slipway-", dir=_nearest(root)))
    except OSError as error:
        raise GateError("nothing was written:", [str(error)]) from None
    try:
        for number, content in enumerate(files.values()):
            if isinstance(content, str):
                (stage / f"new-{number}").write_text(content, encoding="utf-8")
            elif content is not None:
                (stage / f"new-{number}").write_bytes(content)
        with _uninterrupted():
            _move(root, list(files.items()), stage, made)
            _take_away_empty(root, [root / name for name, content in files.items() if content is None])
    except OSError as error:
        raise GateError("nothing was written:", [str(error)]) from None
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _move(root: Path, files: list[tuple[str, str | bytes | None]], stage: Path, made: list[Path]) -> None:
    done: list[int] = []
    try:
        for number, (name, content) in enumerate(files):
            target = root / name
            made += _make(target.parent)
            if target.exists():
                shutil.copy2(target, stage / f"old-{number}")
            done.append(number)
            if content is None:
                target.unlink(missing_ok=True)
            else:
                (stage / f"new-{number}").replace(target)
    except OSError:
        for number in reversed(done):
            target, old = root / files[number][0], stage / f"old-{number}"
            if old.exists():
                old.replace(target)
            else:
                target.unlink(missing_ok=True)
        for folder in reversed(made):
            folder.rmdir()
        raise


def _take_away_empty(root: Path, gone: list[Path]) -> None:
    """Folders that held nothing but what was taken away."""
    for path in gone:
        for folder in path.parents:
            if folder == root or not folder.is_dir() or any(folder.iterdir()):
                break
            folder.rmdir()


def _make(folder: Path) -> list[Path]:
    """The folders that had to be made, the outermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _nearest(folder: Path) -> Path:
    """A folder that exists on the same disk: renaming across disks would be copying."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is heard afterwards."""
    heard: list[int] = []

    def hear(number: int, _frame: FrameType | None) -> None:
        heard.append(number)

    try:
        before = signal.signal(signal.SIGINT, hear)
    except ValueError:  # not the main thread, which alone hears signals
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if heard:
            os.kill(os.getpid(), signal.SIGINT)
