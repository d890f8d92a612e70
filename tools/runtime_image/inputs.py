"""What the image is made of, and its tag: another tag is another content, known before anything is built."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.runtime_image.errors import ImageError

ROOT: Final = Path(__file__).parent.parent.parent
REQUIREMENTS: Final = ROOT / "runtime" / "requirements.txt"
BASE: Final = ROOT / "runtime" / "base-packages.txt"
RECIPE: Final = "2"
"""Raised when layers are made in another way, so that the tag changes with them."""
_CODE: Final = ("releases/__init__.py", "releases/digest.py", "runtime/__init__.py")
_PACKAGE: Final = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]+) (?P<version>[\w.+:~-]+) (?P<sha256>[0-9a-f]{64})"
)
_WHEEL: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True)
class Locked:
    """A package at one version, and the files that it may be."""

    name: str
    version: str
    hashes: frozenset[str]


def code() -> list[Path]:
    """The files of ours that go in, below the root, in order."""
    program = (ROOT / "runtime" / "download").glob("*.py")
    return sorted([*(Path(name) for name in _CODE), *(path.relative_to(ROOT) for path in program)])


def base() -> list[Locked]:
    """Debian's packages below, as locked.

    Raises:
        ImageError: a line names no package, or two name the same.
    """
    found: dict[str, Locked] = {}
    problems: list[str] = []
    for number, line in enumerate(BASE.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _PACKAGE.fullmatch(line)
        if match is None:
            problems.append(
                f"{BASE.name}:{number}: got {line!r}; a name, a version and a SHA-256 are allowed"
            )
        elif match["name"] in found:
            problems.append(f"{BASE.name}:{number}: {match['name']} is there twice")
        else:
            found[match["name"]] = Locked(match["name"], match["version"], frozenset({match["sha256"]}))
    if problems or not found:
        raise ImageError(*(problems or [f"{BASE.name}: names no package"]))
    return [found[name] for name in sorted(found)]


def wheels() -> list[Locked]:
    """The Python packages, as ``uv pip compile`` locked them.

    Raises:
        ImageError: one has no hash, or there is none.
    """
    found = []
    for entry in re.split(r"\n(?=\S)", REQUIREMENTS.read_text(encoding="utf-8").strip()):
        match = _WHEEL.match(entry)
        hashes = frozenset(_HASH.findall(entry))
        if entry.startswith("#"):
            continue
        if match is None or not hashes:
            raise ImageError(f"{REQUIREMENTS.name}: {entry.splitlines()[0]!r}: no version with hashes")
        found.append(Locked(match["name"], match["version"], hashes))
    if not found:
        raise ImageError(f"{REQUIREMENTS.name}: names no package")
    return found


def tag() -> str:
    """``src-`` and what the hash of everything that goes in begins with."""
    total = hashlib.sha256(f"{RECIPE}\n".encode())
    for path in [*code(), BASE.relative_to(ROOT), REQUIREMENTS.relative_to(ROOT)]:
        content = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
        total.update(f"{content}  {path.as_posix()}\n".encode())
    return f"src-{total.hexdigest()[:16]}"
