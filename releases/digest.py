"""The digest of a folder of files: that of their manifest, which is OpenSSF model-signing's list of resources.

The manifest names each file with its SHA-256, as model-signing 1.1 puts them into what is signed
(``predicate.resources`` of the in-toto statement), sorted by path. The digest is ``sha256:`` and the SHA-256 of that
list as canonical JSON (RFC 8785). model-signing's own subject digest covers the files' digests but not their names, so
a file could be renamed unseen: docs/adr/0012-digest-and-signature.md.

Every regular file counts, those that begin with a dot too: what is left out can change unseen. Links, special
files and paths that hold a line break are refused.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


class DigestError(ValueError):
    """A folder has no digest; the message says which path is the reason."""


@dataclass(frozen=True)
class File:
    """One file of an artifact."""

    path: str
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """The files of an artifact, sorted by path."""

    files: tuple[File, ...]

    @classmethod
    def of(cls, files: Iterable[File]) -> "Manifest":
        """A manifest of files in any order.

        Raises:
            DigestError: there are none, a path stands twice, or a path holds a line break.
        """
        ordered = sorted(files, key=lambda file: PurePosixPath(file.path))
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
        """The list of resources as canonical JSON; its strings need no more than Python's own rules for that."""
        listed = [{"algorithm": "sha256", "digest": file.sha256, "name": file.path} for file in self.files]
        return json.dumps(listed, separators=(",", ":"), ensure_ascii=False)

    @property
    def digest(self) -> str:
        return f"sha256:{hashlib.sha256(self.text.encode()).hexdigest()}"


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
        yield File(name, digest)
