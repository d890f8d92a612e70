"""The folder in which files stand until they are known to be the right ones, and the move out of it."""

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from runtime.download.listing import STAGING, Item
from runtime.download.outcome import DownloadError, Outcome

_READ_BYTES: Final = 2**20


class Partial:
    """A file that is being written: how far it has come, and the hash of that."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._hash = hashlib.sha256()
        self._file = path.open("a+b")
        self._file.seek(0)
        while kept := self._file.read(_READ_BYTES):
            self._hash.update(kept)
        self.length = self._file.tell()

    def add(self, content: bytes | bytearray) -> None:
        self._file.write(content)
        self._hash.update(content)
        self.length += len(content)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def close(self) -> None:
        self._file.close()


class Staging:
    """Below the target, so that the move is a rename. What a start before this one left is taken up again."""

    def __init__(self, target: Path) -> None:
        self._target, self._folder = target, target / STAGING

    def open(self, items: Iterable[Item]) -> None:
        """Takes up what stands here, also what had been moved out already, and drops what is of no item."""
        with _on_disk(self._target):
            self._target.mkdir(parents=True, exist_ok=True)
            self._folder.mkdir(exist_ok=True)
            for entry in sorted(self._target.iterdir()):
                if entry.name == STAGING:
                    continue
                inside = self._folder / entry.name
                if inside.exists() or inside.is_symlink():
                    _remove(entry)
                else:
                    entry.rename(inside)
            sizes = {item.path: item.size for item in items}
            for path in sorted(self._folder.rglob("*"), reverse=True):
                size = sizes.get(path.relative_to(self._folder).as_posix())
                if not _may_stay(path, size):
                    _remove(path)

    def kept(self, items: Iterable[Item]) -> int:
        """How many bytes of the items stand here."""
        paths = [self._folder / item.path for item in items]
        return sum(path.stat().st_size for path in paths if path.is_file())

    def check_room(self, needed: int) -> None:
        """Says before anything is fetched that it would not fit.

        Raises:
            DownloadError: it would not.
        """
        with _on_disk(self._target):
            free = shutil.disk_usage(self._target).free
        if needed > free:
            raise DownloadError(
                Outcome.NO_ROOM, f"{self._target}: {needed} bytes are missing, {free} are free"
            )

    @contextmanager
    def partial(self, item: Item) -> Iterator[Partial]:
        """The file of an item, to go on with."""
        with _on_disk(self._target):
            partial = Partial(self._folder / item.path)
        try:
            yield partial
        finally:
            with _on_disk(self._target):
                partial.close()

    def add(self, partial: Partial, content: bytes | bytearray) -> None:
        with _on_disk(self._target):
            partial.add(content)

    def drop(self) -> None:
        """Forgets everything that was fetched."""
        with _on_disk(self._target):
            shutil.rmtree(self._folder, ignore_errors=False)
            self._folder.mkdir()

    def place(self) -> None:
        """Moves everything out. Who is killed in between finds it by ``open`` and begins with the hashes again."""
        with _on_disk(self._target):
            for entry in sorted(self._folder.iterdir()):
                entry.rename(self._target / entry.name)
            self._folder.rmdir()


def _may_stay(path: Path, size: int | None) -> bool:
    """Whether something found is a folder of files, or the beginning of an item of this size."""
    if path.is_symlink():
        return False
    if path.is_dir():
        return size is None and any(path.iterdir())
    return path.is_file() and size is not None and path.stat().st_size <= size


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


@contextmanager
def _on_disk(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DownloadError(
            Outcome.NO_ROOM, f"{target}: {error.strerror or error}: {error.filename or ''}".rstrip(": ")
        ) from error
