"""A disk of its own for the engine's state, small enough to be filled."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MEGABYTES: Final = 64
_NEW_MOUNTS: Final = 0x00020000
"""``CLONE_NEWNS`` of Linux."""
_BALLAST: Final = "ballast"


@dataclass(frozen=True)
class Disk:
    """A folder on a file system of its own."""

    folder: Path

    def fill(self) -> None:
        """Nothing more can be written to it."""
        with (self.folder / _BALLAST).open("wb", buffering=0) as out:
            block = bytes(1 << 16)
            while True:
                try:
                    out.write(block)
                except OSError:
                    if len(block) == 1:
                        return
                    block = bytes(len(block) // 2)

    def empty(self) -> None:
        """What filled it is gone."""
        (self.folder / _BALLAST).unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk | None]:
    """The folder, with what is in it, on a disk in memory until this context ends; None where none may be mounted.

    The mount is seen by this process and its children alone, from then on to their end, so that none is left behind
    however they end. Afterwards the folder holds what the disk held.
    """
    aside = folder.with_name(f"{folder.name}-aside")
    shutil.copytree(folder, aside)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={_MEGABYTES}m", "slipway-state", str(folder)]
    if os.geteuid() != 0 or not _alone() or not _done(mount):
        shutil.rmtree(aside)
        yield None
        return
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield Disk(folder)
        shutil.rmtree(aside)
        shutil.copytree(folder, aside)
    finally:
        _done(["umount", str(folder)])
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        shutil.rmtree(aside)


def _alone() -> bool:
    """This process has mounts of its own, which nobody else sees."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(_NEW_MOUNTS) == 0 and _done(["mount", "--make-rprivate", "/"])


def _done(command: list[str]) -> bool:
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 commands of this file
    return done.returncode == 0
