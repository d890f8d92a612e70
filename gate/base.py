"""The other side of a comparison: the base commit, built by its own code with its own pins.

What a commit says does not change, so it is kept under ``.cache/base``; a copy that is damaged or was made by
other pins, another day or other options is made again.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gate.environments import environment
from gate.errors import GateError
from gate.git import worktree
from gate.report import FORMAT

_SUMS = "sums.json"
_PINS = "requirements.txt"
_CHECKOV_PINS = "tools/checkov-requirements.txt"


@dataclass(frozen=True, kw_only=True)
class Base:
    """What the base commit says: its reports by stack, or why there are none."""

    commit: str
    reports: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    problem: str = ""
    was_kept: bool = False


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which base is asked for, and how it is judged."""

    root: Path
    commit: str
    today: date
    with_checkov: bool

    @property
    def folder(self) -> Path:
        """Where it is kept: another date, option or format is another folder."""
        key = f"{self.commit} {self.today} {self.with_checkov} {FORMAT} {sys.version_info[:2]}"
        return self.root / ".cache" / "base" / hashlib.sha256(key.encode()).hexdigest()[:16]


def base_reports(wanted: Wanted) -> Base:
    """The reports of every stack of the base commit; made if they are not kept, or not whole."""
    kept = _kept(wanted.folder)
    if kept is not None:
        return Base(commit=wanted.commit, reports=kept, was_kept=True)
    shutil.rmtree(wanted.folder, ignore_errors=True)
    draft = wanted.folder.with_name(f"{wanted.folder.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        problem = _build(wanted, draft)
        reports = {path.parent.name: _read(path) for path in sorted(draft.glob("*/report.json"))}
        if not problem:
            _keep(draft, wanted.folder)
    except (OSError, ValueError) as error:
        return Base(commit=wanted.commit, problem=f"{type(error).__name__}: {error}")
    except GateError as error:
        return Base(commit=wanted.commit, problem=str(error))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Base(commit=wanted.commit, reports=reports, problem=problem)


def _build(wanted: Wanted, output: Path) -> str:
    """Preview every stack of the commit into a folder; what went wrong, or nothing."""
    with worktree(wanted.root, wanted.commit, output / "checkout") as checkout:
        python = _python(wanted.root, checkout)
        options = [f"--today={wanted.today.isoformat()}", f"--output={output}"]
        if wanted.with_checkov:
            _lend_checkov(wanted.root, checkout)
        else:
            options.append("--no-checkov")
        # Paths of the checkout before all others: the environment may point at another checkout of the project.
        done = subprocess.run(  # noqa: S603 the project's own command, at its own commit
            [str(python), "-c", "from gate.cli import main; main()", "preview", *options],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(checkout), "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    said = [line for line in (*done.stdout.splitlines(), *done.stderr.splitlines()) if line.strip()]
    return "" if done.returncode in {0, 1} else "\n".join(["the base cannot be previewed:", *said[-6:]])


def _python(root: Path, checkout: Path) -> Path:
    """This interpreter where the pins are the same, one with the base's pins otherwise."""
    theirs = checkout / _PINS
    if theirs.read_bytes() == (root / _PINS).read_bytes():
        return Path(sys.executable)
    return environment(theirs, root)


def _lend_checkov(root: Path, checkout: Path) -> None:
    """Put checkov's environment where the base looks for it."""
    theirs, place = checkout / _CHECKOV_PINS, checkout / ".cache" / "checkov"
    place.parent.mkdir(exist_ok=True)
    if theirs.exists() and theirs.read_bytes() != (root / _CHECKOV_PINS).read_bytes():
        place.symlink_to(environment(theirs, root).parent.parent)
    else:
        place.symlink_to(root / ".cache" / "checkov")


def _read(path: Path) -> Mapping[str, Any]:
    report: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if report.get("format") != FORMAT:
        raise ValueError(
            f"the base writes reports of format {report.get('format')}, this side reads {FORMAT}"
        )
    return report


def _sums(folder: Path) -> dict[str, str]:
    paths: Sequence[Path] = sorted(folder.glob("*/report.json"))
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def _keep(draft: Path, folder: Path) -> None:
    (draft / _SUMS).write_text(json.dumps(_sums(draft)), encoding="utf-8")
    draft.rename(folder)


def _kept(folder: Path) -> dict[str, Mapping[str, Any]] | None:
    """What is kept, if every file is there and as it was written."""
    try:
        sums = json.loads((folder / _SUMS).read_text(encoding="utf-8"))
        if not sums or sums != _sums(folder):
            return None
        return {Path(name).parent.name: _read(folder / name) for name in sums}
    except (OSError, ValueError):
        return None
