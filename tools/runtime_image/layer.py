"""Layers: archives whose bytes depend on what is in them and on nothing else."""

import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from tools.runtime_image.errors import ImageError


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A file, folder or link. Everything is root's, so that no program of the image can write over another."""

    path: str
    mode: int
    content: bytes = b""
    link: str = ""
    is_folder: bool = False


def file(path: str, content: bytes, mode: int = 0o644) -> Entry:
    """A file of ours."""
    return Entry(path=path, mode=mode, content=content)


def folder(path: str, mode: int = 0o755) -> Entry:
    """A folder of ours."""
    return Entry(path=path, mode=mode, is_folder=True)


def joined(entries: Iterable[Entry]) -> list[Entry]:
    """Entries by path, each once, with the folders above them.

    Raises:
        ImageError: one path is two things, or leaves the image.
    """
    found: dict[str, Entry] = {}
    problems: list[str] = []
    for entry in entries:
        parts = PurePosixPath(entry.path).parts
        if not parts or entry.path.startswith("/") or ".." in parts:
            problems.append(f"{entry.path}: leaves the image")
            continue
        known = found.setdefault(entry.path, entry)
        if known != entry and not (known.is_folder and entry.is_folder):
            problems.append(f"{entry.path}: two packages bring it, and it is not the same")
    if problems:
        raise ImageError(*problems)
    for path in list(found):
        for above in PurePosixPath(path).parents:
            if above.parts:
                found.setdefault(above.as_posix(), folder(above.as_posix()))
    return [found[path] for path in sorted(found)]


def archive(entries: Iterable[Entry]) -> bytes:
    """A tar of entries: sorted, of root, from the beginning of 1970.

    It is not compressed, since what a compressor writes depends on its version, and the digest with it.
    """
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for entry in joined(entries):
            info = tarfile.TarInfo(entry.path)
            info.mode = entry.mode & 0o1777  # no set-user-id: nothing here has to become another user
            if entry.is_folder:
                info.type = tarfile.DIRTYPE
            elif entry.link:
                info.type, info.linkname = tarfile.SYMTYPE, entry.link
            info.size = len(entry.content)
            tar.addfile(info, io.BytesIO(entry.content))
    return buffer.getvalue()
