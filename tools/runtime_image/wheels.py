"""The Python packages: wheels by hash, unpacked to where the base's interpreter looks."""

import hashlib
import io
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from tools.runtime_image import inputs
from tools.runtime_image.errors import ImageError
from tools.runtime_image.layer import Entry, file

SITE: Final = "usr/local/lib/python3.11/dist-packages"
_PLATFORMS: Final = ("manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64")
"""What the base's glibc (2.36) runs."""
_FOR: Final = (
    *("--python-version", "3.11", "--implementation", "cp"),
    *(option for platform in _PLATFORMS for option in ("--platform", platform)),
)


def fetched(cache: Path, image: inputs.Image = inputs.RUNTIME) -> list[bytes]:
    """A wheel for each locked package.

    Raises:
        ImageError: one cannot be had for this interpreter, or has another hash.
    """
    key = hashlib.sha256(image.lock.read_bytes()).hexdigest()[:16]
    target = cache / f"wheels-{key}"
    if not target.is_dir():
        _download(target, image.lock)
    found = {hashlib.sha256(w.read_bytes()).hexdigest(): w for w in sorted(target.glob("*.whl"))}
    chosen, problems = [], []
    for package in inputs.wheels(image):
        got = [found[digest] for digest in sorted(package.hashes) if digest in found]
        if len(got) == 1:
            chosen.append(got[0].read_bytes())
        else:
            problems.append(
                f"{package.name} {package.version}: {len(got)} wheels of its hashes in {target.name}"
            )
    if problems:
        shutil.rmtree(target)
        raise ImageError(*problems)
    return chosen


def _download(target: Path, lock: Path) -> None:
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    options = [
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--require-hashes",
    ]
    got = subprocess.run(  # noqa: S603 every argument is a constant of this file or a path of ours
        [*_pip(), "download", *options, *_FOR, "--dest", str(partial), "-r", str(lock)],
        capture_output=True,
        text=True,
        check=False,
    )
    if got.returncode:
        lines = [line for line in got.stderr.splitlines() if line.startswith("ERROR")]
        raise ImageError(f"{lock.relative_to(inputs.ROOT)}: {'; '.join(lines) or got.stderr.strip()[-300:]}")
    partial.rename(target)


def _pip() -> list[str]:
    """The pip of this environment, or of whichever Python of the machine has one (uv makes environments without)."""
    for python in (sys.executable, shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin") or ""):
        if python:
            command = [python, "-m", "pip"]
            if not subprocess.run([*command, "--version"], capture_output=True, check=False).returncode:  # noqa: S603 as above
                return command
    raise ImageError("pip: neither the environment nor the machine's Python has it")


def entries(content: bytes) -> Iterator[Entry]:
    """The files of a wheel.

    Raises:
        ImageError: it has to be installed to another place than packages, or was built for another machine.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as wheel:
        for info in sorted(wheel.infolist(), key=lambda i: i.filename):
            if info.is_dir():
                continue
            parts = PurePosixPath(info.filename).parts
            if parts[0].endswith(".data") and parts[1] == "scripts":
                continue  # commands for people; programs import
            if parts[0].endswith(".data"):
                raise ImageError(
                    f"{info.filename}: an installer would put it elsewhere; only plain packages go in"
                )
            yield file(f"{SITE}/{info.filename}", wheel.read(info))
