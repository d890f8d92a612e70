"""The digest of a folder of files: that of their manifest, which is OpenSSF model-signing's list of resources.

The manifest names each file with its SHA-256, as model-signing 1.1 puts them into what is signed
(``predicate.resources`` of the in-toto statement), sorted by path. The digest is ``sha256:`` and the SHA-256 of that
list as canonical JSON (RFC 8785). model-signing's own subject digest covers the files' digests but not their names, so
a file could be renamed unseen: docs/adr/0012-digest-and-signature.md.

Every regular file counts, those that begin with a dot too: what is left out can change unseen. Links, special
files and names that are no printable text are refused.
"""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

_NO_NAME: Final = "a file's name should be printable text (UTF-8)"


class DigestError(ValueError):
    """A folder has no digest; ``problems`` hold one line for each path that is a reason."""

    def __init__(self, *problems: str) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(problems))


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
            DigestError: there are none, a path stands twice, or a path is no printable text.
        """
        ordered = sorted(files, key=lambda file: PurePosixPath(file.path))
        if not ordered:
            raise DigestError("there is no file")
        paths = [file.path for file in ordered]
        for path, following in zip(paths, [*paths[1:], None], strict=True):
            if path == following:
                raise DigestError(f"{path}: stands twice")
            if not path.isprintable():
                raise DigestError(f"{path!r}: {_NO_NAME}")
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
    paths = {path: path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*"))}
    problems = [said for path, name in paths.items() if (said := _against(path, name))]
    if problems:  # before gigabytes are read
        raise DigestError(*problems)
    files = [path for path in paths if path.is_file()]
    if not files:
        raise DigestError(f"{folder}: holds no file")
    return Manifest.of(File(paths[path], _sha256(path)) for path in files)


def _against(path: Path, name: str) -> str:
    if not name.isprintable():
        return f"{name!r}: {_NO_NAME}"
    if path.is_symlink():
        return (
            f"{name}: is a link; a digest holds only for what is in the folder, so put the file itself there"
        )
    if path.is_file():
        return "" if os.access(path, os.R_OK) else f"{name}: cannot be read: no permission"
    return "" if path.is_dir() else f"{name}: is neither file nor folder; take it out"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
