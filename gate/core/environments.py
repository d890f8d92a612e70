"""Locked Python environments, one for each set of pins, kept under .cache/environments."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from gate.core.errors import GateError


def environment(requirements: Path, root: Path) -> Path:
    """The interpreter of an environment with exactly these pins; made if it is not there.

    A mark is set when everything is installed; an environment without it is made again.

    Raises:
        GateError: it cannot be made; what the installer said comes with it.
    """
    name = hashlib.sha256(requirements.read_bytes()).hexdigest()[:16]
    folder = root / ".cache" / "environments" / name
    python, complete = folder / "bin" / "python", folder / "installed"
    if complete.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _run([sys.executable, "-m", "venv", str(folder)])
    _install(python, requirements)
    complete.touch()
    return python


def _install(python: Path, requirements: Path) -> None:
    uv = shutil.which("uv")
    installer = (
        [uv, "pip", "install", "--quiet", "--python", str(python), "--compile-bytecode"]
        if uv
        else [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    )
    # Everything is pinned. To pip, a pin of a package is none of the same package with an extra.
    _run([*installer, "--no-deps", "--require-hashes", "-r", str(requirements)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 venv, uv or pip
    if done.returncode != 0:
        lines = done.stderr.strip().splitlines() or ["no message"]
        raise GateError("a locked environment cannot be made:", lines[-3:])
