"""What ``slipway preview --against`` costs: in a clone of this checkout's commit, with one change on top."""

import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final

from gate.core.checkout import ROOT
from tools.measure import Figure, command

_RUNS: Final = 3
_STACK: Final = "stacks/Pulumi.prod-models.yaml"
_LINE: Final = "requests_per_minute: 60,", "requests_per_minute: 61,"


def changes(day: date) -> Iterator[Figure]:
    """Seconds of a change of documentation, and of one line of one stack: the base built, and kept."""
    # -P: not the folder it is run in, but the clone's own code, which PYTHONPATH names.
    ask = (
        sys.executable, "-P", "-c", "from gate.cli import main; main()",
        "preview", "--against", "base", f"--today={day.isoformat()}",
    )  # fmt: skip

    def median(folder: Path, *, keep: bool) -> float:
        seconds = []
        for _ in range(_RUNS):
            if not keep:
                shutil.rmtree(folder / ".cache" / "base", ignore_errors=True)
            seconds.append(command(*ask, folder=folder)[0])
        return statistics.median(seconds)

    with _clone() as folder:
        _edit(folder / "README.md", "# ", "#  ")
        yield Figure("a change of documentation alone, against its base", median(folder, keep=True), "s", 2)
        _git(folder, "checkout", "--quiet", ".")
        _edit(folder / _STACK, *_LINE)
        yield Figure(
            "one line of one stack, against its base, with checkov", median(folder, keep=False), "s", 12
        )
        yield Figure("  the same, its base kept", median(folder, keep=True), "s")


@contextmanager
def _clone() -> Iterator[Path]:
    """This checkout's commit elsewhere, with a branch ``base`` at it, and checkov's environment lent."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "clone"
        _git(ROOT, "clone", "--quiet", "--shared", str(ROOT), str(folder))
        _git(folder, "branch", "base")
        (folder / ".cache").mkdir()
        (folder / ".cache" / "checkov").symlink_to(ROOT / ".cache" / "checkov")
        yield folder


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise SystemExit(f"{path.name} holds no {old!r} any more: change tools/changes.py")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)  # noqa: S603, S607 our own arguments, whichever git
