"""What the image is made of, and its tag: another tag is another content, known before anything is built."""

import ast
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.runtime_image.errors import ImageError

ROOT: Final = Path(__file__).parent.parent.parent
BASE: Final = ROOT / "runtime" / "base-packages.txt"
RECIPE: Final = "2"
"""Raised when layers are made in another way, so that the tag changes with them."""
_OURS: Final = ("facts", "releases", "runtime")
_PACKAGE: Final = re.compile(
    r"(?P<name>[a-z0-9][a-z0-9+.-]+) (?P<version>[\w.+:~-]+) (?P<sha256>[0-9a-f]{64})"
)
_WHEEL: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def imported(files: set[Path]) -> set[Path]:
    """Files, all of ours that they import wherever they do, and the data of modules of facts."""
    found, waiting = set(files), [path for path in files if path.suffix == ".py"]
    while waiting:
        for path in _asked_for(ast.parse((ROOT / waiting.pop()).read_text(encoding="utf-8"))):
            beside = (
                {path.with_suffix(kind) for kind in (".yaml", ".json")} if path.parts[0] == "facts" else set()
            )
            for needed in ({path, path.parent / "__init__.py"} | beside) - found:
                if (ROOT / needed).is_file():
                    found.add(needed)
                    waiting += [needed] if needed.suffix == ".py" else []
    return found


def _asked_for(tree: ast.Module) -> Iterator[Path]:
    """Where the modules would stand that a file imports; a name that is imported may be one."""
    for node in ast.walk(tree):
        names = [name.name for name in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        above = [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
        for name in [*above, *names, *(f"{module}.{name}" for module in above for name in names)]:
            if name.partition(".")[0] in _OURS:
                yield Path(*name.split(".")).with_suffix(".py")
                yield Path(*name.split("."), "__init__.py")


@dataclass(frozen=True)
class Image:
    """One image: the pin that names it, what its programs run with, and the patterns of their files.

    ``packages`` are Debian's that it has besides the base. What those files import of ours goes in with them, and with
    a module of facts the data it reads.
    """

    pin: str
    requirements: str
    code: tuple[str, ...]
    packages: str = ""

    @property
    def lock(self) -> Path:
        """The Python packages, as ``uv pip compile`` locked them."""
        return ROOT / self.requirements

    @property
    def debian(self) -> list[Path]:
        """The locks of its Debian packages."""
        return [BASE, *([ROOT / self.packages] if self.packages else [])]

    @property
    def files(self) -> list[Path]:
        """The files of ours that go in, below the root, in order."""
        return sorted(
            imported({path.relative_to(ROOT) for pattern in self.code for path in ROOT.glob(pattern)})
        )


RUNTIME: Final = Image(
    pin="slipway-runtime",
    requirements="runtime/requirements.txt",
    code=(
        "releases/__init__.py", "releases/digest.py", "runtime/__init__.py", "runtime/database_token.py",
        "runtime/download/*.py",
    ),
)  # fmt: skip
"""What is started beside others: the download, the Python of payload samplers, tokens for a database."""
LOOPS: Final = Image(
    pin="slipway-loops",
    requirements="runtime/loops/requirements.txt",
    packages="runtime/loops/debian-packages.txt",
    code=("facts/metrics/*.yaml", "policies/actions/*", "runtime/__init__.py", "runtime/loops/**/*.py"),
)
"""The workers of the loops, and the policies they ask."""
IMAGES: Final = {image.pin: image for image in (RUNTIME, LOOPS)}


@dataclass(frozen=True)
class Locked:
    """A package at one version, and the files that it may be."""

    name: str
    version: str
    hashes: frozenset[str]


def base(image: Image = RUNTIME) -> list[Locked]:
    """Debian's packages below, as locked.

    Raises:
        ImageError: a line names no package, or two name the same.
    """
    found: dict[str, Locked] = {}
    problems: list[str] = []
    for lock in image.debian:
        for number, line in enumerate(lock.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            match = _PACKAGE.fullmatch(line)
            if match is None:
                problems.append(
                    f"{lock.name}:{number}: got {line!r}; a name, a version and a SHA-256 are allowed"
                )
            elif match["name"] in found:
                problems.append(f"{lock.name}:{number}: {match['name']} is there twice")
            else:
                found[match["name"]] = Locked(match["name"], match["version"], frozenset({match["sha256"]}))
    if problems or not found:
        raise ImageError(*(problems or [f"{BASE.name}: names no package"]))
    return [found[name] for name in sorted(found)]


def wheels(image: Image = RUNTIME) -> list[Locked]:
    """The Python packages of an image.

    Raises:
        ImageError: one has no hash, or there is none.
    """
    found = []
    for entry in re.split(r"\n(?=\S)", image.lock.read_text(encoding="utf-8").strip()):
        match = _WHEEL.match(entry)
        hashes = frozenset(_HASH.findall(entry))
        if entry.startswith("#"):
            continue
        if match is None or not hashes:
            raise ImageError(f"{image.requirements}: {entry.splitlines()[0]!r}: no version with hashes")
        found.append(Locked(match["name"], match["version"], hashes))
    if not found:
        raise ImageError(f"{image.requirements}: names no package")
    return found


def tag(image: Image = RUNTIME) -> str:
    """``src-`` and what the hash of everything that goes in begins with."""
    total = hashlib.sha256(f"{RECIPE}\n".encode())
    locks = [lock.relative_to(ROOT) for lock in image.debian]
    for path in [*image.files, *locks, Path(image.requirements)]:
        content = hashlib.sha256((ROOT / path).read_bytes()).hexdigest()
        total.update(f"{content}  {path.as_posix()}\n".encode())
    return f"src-{total.hexdigest()[:16]}"
