"""The digest of a folder of weights, and the command that computes it.

A manifest is a text of one line a file: the file's SHA-256 in hexadecimal, two spaces, its size in bytes,
two spaces, and its path below the folder with ``/`` between the parts, each line ended by a line feed. Lines
are sorted by the bytes of the path in UTF-8. The digest is ``sha256:`` and the SHA-256 of that text.

Every regular file counts, those that begin with a dot too: what is left out can change unseen. Links, special
files and paths that hold a line break are refused. The idea is that of the manifest of OpenSSF's
model-signing (a digest a file, so that one changed file can be named); the text is ours, so the two
digests differ.

``python -m releases.digest FOLDER`` prints the manifest's digest and what a record says beside it.
"""

import hashlib
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from releases.safetensors import SafetensorsError, count_parameters

PICKLE_SUFFIXES = frozenset({".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth"})
"""Files whose usual reader runs code they contain."""


class DigestError(ValueError):
    """A folder has no digest; the message says which path is the reason."""


@dataclass(frozen=True, order=True)
class File:
    """One file of an artifact."""

    path: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True)
class Manifest:
    """The files of an artifact, sorted by path."""

    files: tuple[File, ...]

    @classmethod
    def of(cls, files: Iterable[File]) -> "Manifest":
        """A manifest of files in any order.

        Raises:
            DigestError: there are none, a path stands twice, or a path cannot stand in a line.
        """
        ordered = sorted(files, key=lambda file: file.path.encode())
        if not ordered:
            raise DigestError("there is no file")
        paths = [file.path for file in ordered]
        for path, following in zip(paths, [*paths[1:], None], strict=True):
            if path == following:
                raise DigestError(f"{path}: stands twice")
            if "\n" in path or "\r" in path:
                raise DigestError(f"{path!r}: a line break in a path")
        return cls(tuple(ordered))

    @property
    def text(self) -> str:
        return "".join(f"{file.sha256}  {file.size_bytes}  {file.path}\n" for file in self.files)

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.text.encode()).hexdigest()}"

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def pickles(self) -> list[str]:
        """The files that run code when they are loaded."""
        return [file.path for file in self.files if Path(file.path).suffix.lower() in PICKLE_SUFFIXES]


def manifest(folder: Path) -> Manifest:
    """The manifest of what stands in a folder.

    Raises:
        DigestError: the folder is none, is empty, or holds something that is neither file nor folder.
    """
    if not folder.is_dir():
        raise DigestError(f"{folder}: is no folder")
    return Manifest.of(_files(folder))


def _files(folder: Path) -> Iterable[File]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            raise DigestError(f"{name}: is a link; a digest holds only for what is in the folder")
        if path.is_dir():
            continue
        if not path.is_file():
            raise DigestError(f"{name}: is neither file nor folder")
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        yield File(name, digest, path.stat().st_size)


def main(arguments: Sequence[str]) -> int:
    """The command; 0 printed, 1 the folder holds files that run code when loaded, 2 no digest."""
    if len(arguments) != 1:
        print("usage: python -m releases.digest FOLDER", file=sys.stderr)  # noqa: T201 a command's output
        return 2
    folder = Path(arguments[0])
    try:
        found = manifest(folder)
        weights = [folder / file.path for file in found.files if file.path.endswith(".safetensors")]
        parameters = sum(count_parameters(path) for path in weights)
    except (DigestError, SafetensorsError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 a command's output
        return 2
    lines = [f"digest: {found.digest}", f"size_bytes: {found.size_bytes}"]
    lines += [f"parameters: {parameters}"] if weights else []
    print("\n".join([*lines, "", found.text]), end="")  # noqa: T201 a command's output
    for path in found.pickles:
        print(f"{path}: runs code when loaded; convert it", file=sys.stderr)  # noqa: T201 a command's output
    return 1 if found.pickles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
