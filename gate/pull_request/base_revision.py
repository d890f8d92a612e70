"""The other side of a comparison: the base commit, built by its own code with its own pins.

What a commit says does not change, so it is kept under ``.cache/base``; a copy that is damaged or was made by
other pins, another day or other options is made again.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gate.core.environments import environment
from gate.core.errors import GateError
from gate.core.git import worktree
from gate.core.progress import Tell
from gate.report.report import FORMAT

_SUMS = "sums.json"
_LINES = 12
"""Lines that are told of a base that cannot be built; the last ones say why."""
_PREVIEW = "from gate.cli import main; main()"
_STEP = re.compile(
    r"^(?P<stack>[a-z][a-z0-9-]*): (?P<what>building|skipped|pass|fail|error|could not be judged)$"
)
"""A line of progress, as a preview that writes to no terminal prints it."""
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
    stacks: Sequence[str]
    """Those of the base that are compared; what they stand on is built too."""

    @property
    def folder(self) -> Path:
        """Where it is kept: other stacks, another date, option or format is another folder."""
        key = f"{self.commit} {self.today} {self.with_checkov} {FORMAT} {sys.version_info[:2]} {sorted(self.stacks)}"
        return self.root / ".cache" / "base" / hashlib.sha256(key.encode()).hexdigest()[:16]


def base_reports(wanted: Wanted, tell: Tell) -> Base:
    """The reports of the base commit's stacks; made if they are not kept, or not whole."""
    if not wanted.stacks:
        return Base(commit=wanted.commit)
    kept = _kept(wanted.folder)
    if kept is not None:
        tell("its stacks", "were kept")
        return Base(commit=wanted.commit, reports=kept, was_kept=True)
    shutil.rmtree(wanted.folder, ignore_errors=True)
    draft = wanted.folder.with_name(f"{wanted.folder.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        problem = _build(wanted, draft, tell)
        reports = {path.parent.name: _read(path) for path in sorted(draft.glob("*/report.json"))}
        if set(wanted.stacks) <= reports.keys():
            problem = ""  # it ended badly for another reason: a waiver of its own that excuses nothing
        if not problem:
            _keep(draft, wanted.folder)
    except (OSError, ValueError) as error:
        return Base(commit=wanted.commit, problem=f"{type(error).__name__}: {error}")
    except GateError as error:
        return Base(commit=wanted.commit, problem=str(error))
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Base(commit=wanted.commit, reports=reports, problem=problem)


def _build(wanted: Wanted, output: Path, tell: Tell) -> str:
    """Preview stacks of the commit into a folder; what went wrong, or nothing."""
    with worktree(wanted.root, wanted.commit, output / "checkout") as checkout:
        python = _python(wanted.root, checkout, tell)
        options = [f"--today={wanted.today.isoformat()}", f"--output={output}"]
        if wanted.with_checkov:
            _lend_checkov(wanted.root, checkout, tell)
        else:
            options.append("--no-checkov")
        code, said = _run(
            [str(python), "-c", _PREVIEW, "preview", *sorted(wanted.stacks), *options], checkout, tell
        )
    if code in {0, 1}:
        return ""
    # Where it was checked out says nothing to anybody, and what it wrote there is gone.
    told = [
        line.replace(f"{checkout}{os.sep}", "")
        for line in said
        if str(output) not in line.replace(str(checkout), "")
    ]
    return "\n".join(told[-_LINES:]) or f"its preview ended with {code} and said nothing"


def _run(command: Sequence[str], checkout: Path, tell: Tell) -> tuple[int, list[str]]:
    """The exit code of the base's own command, and what it printed beside its progress, which is passed on."""
    said: list[str] = []
    with subprocess.Popen(  # noqa: S603 the project's own command, at its own commit
        command,
        cwd=checkout,
        # Paths of the checkout before all others: the environment may point at another checkout of the project.
        env={**os.environ, "PYTHONPATH": str(checkout), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as running:
        for line in running.stdout or ():
            step = _STEP.match(line)
            if step:
                tell(step["stack"], step["what"])
            elif line.strip():
                said.append(line.rstrip())
    return running.returncode, said


def _python(root: Path, checkout: Path, tell: Tell) -> Path:
    """This interpreter where the pins are the same, one with the base's pins otherwise."""
    theirs = checkout / _PINS
    if theirs.read_bytes() == (root / _PINS).read_bytes():
        return Path(sys.executable)
    tell(_PINS, "differs: an environment with the base's pins is looked for, or made")
    return environment(theirs, root)


def _lend_checkov(root: Path, checkout: Path, tell: Tell) -> None:
    """Put checkov's environment where the base looks for it."""
    theirs, place = checkout / _CHECKOV_PINS, checkout / ".cache" / "checkov"
    place.parent.mkdir(exist_ok=True)
    if theirs.exists() and theirs.read_bytes() != (root / _CHECKOV_PINS).read_bytes():
        tell(_CHECKOV_PINS, "differs: an environment with the base's pins is looked for, or made")
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
