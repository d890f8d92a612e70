"""The base: files of Debian's packages, fetched by apt and unpacked without running what they bring."""

import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tools.runtime_image.errors import ImageError
from tools.runtime_image.inputs import Locked
from tools.runtime_image.layer import Entry, file

_MAGIC: Final = b"!<arch>\n"
_HEADER: Final = 60
_LEFT_OUT: Final = ("usr/share/bug/", "usr/share/lintian/", "usr/share/locale/", "usr/share/man/")
_DOCUMENTATION: Final = "usr/share/doc/"
_STATUS: Final = "var/lib/dpkg/status.d"
"""Where scanners look for what an image without a package manager holds."""


def fetched(package: Locked, cache: Path) -> bytes:
    """The locked file of a package, from the cache, or from apt's sources into it.

    Raises:
        ImageError: apt does not have it, or has another file under its name.
    """
    kept = cache / f"{next(iter(package.hashes))}.deb"
    if not kept.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(downloaded(package.name, package.version))
    content = kept.read_bytes()
    got = hashlib.sha256(content).hexdigest()
    if got not in package.hashes:
        kept.unlink()
        raise ImageError(f"{package.name} {package.version}: got {got}, locked is {kept.stem}")
    return content


def downloaded(name: str, version: str = "") -> bytes:
    """A package's file as apt serves it; the version that it offers where none is named.

    Raises:
        ImageError: there is no apt, or it does not have it.
    """
    apt = shutil.which("apt-get")
    if apt is None:
        raise ImageError(f"{name}: apt-get is not there; the base is built on Debian 12")
    wanted = f"{name}:amd64" + (f"={version}" if version else "")
    with tempfile.TemporaryDirectory() as scratch:
        got = subprocess.run(  # noqa: S603 the lock's pattern lets only names and versions through
            [apt, "download", "--quiet", wanted], cwd=scratch, capture_output=True, text=True, check=False
        )
        files = sorted(Path(scratch).glob("*.deb"))
        if got.returncode or len(files) != 1:
            lines = [line for line in got.stderr.splitlines() if line.startswith("E:")]
            raise ImageError(
                f"{wanted}: {'; '.join(lines) or 'apt brought no file'}. Debian keeps no old version: "
                "`apt-get update`, and lock again if it is gone (--lock)"
            )
        return files[0].read_bytes()


def entries(name: str, content: bytes) -> Iterator[Entry]:
    """What a package puts into the image: its files, and its own description for scanners.

    Raises:
        ImageError: it is no package, or brings what an image has no place for.
    """
    members = dict(_members(name, content))
    control = next((members[m] for m in members if m.startswith("control.tar")), None)
    data = next((members[m] for m in members if m.startswith("data.tar")), None)
    if control is None or data is None:
        raise ImageError(f"{name}: got {sorted(members)}; a package has a control and a data archive")
    with tarfile.open(fileobj=io.BytesIO(control)) as tar:
        described = tar.extractfile("./control")
        yield file(f"{_STATUS}/{name}", described.read() if described else b"")
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        for info in tar:
            path = info.name.removeprefix("./").strip("/")
            if path and path != "." and not _is_left_out(path, info):
                yield _entry(tar, info, path)


def version_of(content: bytes) -> str:
    """The version that a package says it is."""
    status = next(entries("it", content)).content.decode()
    return next(line.partition(": ")[2] for line in status.splitlines() if line.startswith("Version: "))


def _members(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(_MAGIC):
        raise ImageError(f"{name}: got a file that is no package")
    at = len(_MAGIC)
    while at + _HEADER <= len(content):
        header = content[at : at + _HEADER]
        size = int(header[48:58])
        yield header[:16].decode().strip().rstrip("/"), content[at + _HEADER : at + _HEADER + size]
        at += _HEADER + size + size % 2


def _is_left_out(path: str, info: tarfile.TarInfo) -> bool:
    """Whether nothing that runs needs it; what a package's licence is stays."""
    if path.startswith(_DOCUMENTATION):
        return not (info.isdir() or info.issym() or path.endswith("/copyright"))
    return f"{path}/".startswith(_LEFT_OUT)


def _entry(tar: tarfile.TarFile, info: tarfile.TarInfo, path: str) -> Entry:
    if info.isdir():
        return Entry(path=path, mode=info.mode, is_folder=True)
    if info.issym():
        return Entry(path=path, mode=0o777, link=info.linkname)
    content = tar.extractfile(info) if info.isfile() or info.islnk() else None
    if content is None:
        raise ImageError(f"{path}: neither a file, a folder nor a link")
    return Entry(path=path, mode=info.mode, content=content.read())
