"""What lies under a model's prefix, as paths that can be stored below a folder and nowhere else."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from runtime.download.outcome import DownloadError, Outcome

STAGING: Final = ".slipway-incoming"
"""Where files stand until they are known to be the right ones; no file of a model may be called so."""
_MOST_FILES: Final = 100_000
_MOST_SHOWN: Final = 20
_LONGEST_NAME_BYTES: Final = 255
_LONGEST_PATH_BYTES: Final = 1024


@dataclass(frozen=True, kw_only=True)
class Item:
    """An object, and the file it becomes. Its ETag holds parts of it to one version."""

    path: str
    key: str
    size: int
    etag: str


def listed(pages: Iterable[Mapping[str, Any]], prefix: str) -> list[Item]:
    """The files that the pages of a listing speak of, by path.

    An empty object whose key ends with a slash is how consoles draw a folder, and becomes no file.

    Raises:
        DownloadError: there is none, there are too many, or a key is no path below a folder.
    """
    items: list[Item] = []
    problems: list[str] = []
    for found in (found for page in pages for found in page.get("Contents", ())):
        key, size = str(found["Key"]), int(found["Size"])
        if key.endswith("/") and size == 0:
            continue
        path = key.removeprefix(prefix)
        problems.extend(f"{key!r}: {why}" for why in _against(key, prefix, path))
        items.append(Item(path=path, key=key, size=size, etag=str(found.get("ETag", ""))))
        if len(items) > _MOST_FILES:
            raise DownloadError(Outcome.OTHER_FILES, f"more than {_MOST_FILES} files")
    problems.extend(_crossings(items))
    if not items:
        problems.append("holds no file")
    if problems:
        left_out = len(problems) - _MOST_SHOWN
        more = [f"and {left_out} more"] if left_out > 0 else []
        raise DownloadError(Outcome.OTHER_FILES, *problems[:_MOST_SHOWN], *more)
    return sorted(items, key=lambda item: item.path)


def _against(key: str, prefix: str, path: str) -> Iterator[str]:
    steps = path.split("/")
    if not key.startswith(prefix):
        yield "lies outside the prefix that was asked for"
    if {"", ".", ".."} & set(steps):
        yield "is no path below a folder"
    if not path.isprintable():
        yield "is no printable text"
    # S3 holds any text; a lone surrogate has no bytes, and becomes those of a question mark here.
    encoded = [step.encode(errors="replace") for step in steps]
    if any(len(step) > _LONGEST_NAME_BYTES for step in encoded) or len(path) > _LONGEST_PATH_BYTES:
        yield "is longer than a file's name may be"
    if steps[0] == STAGING:
        yield "has the name of the folder for what is not verified yet"


def _crossings(items: Iterable[Item]) -> Iterator[str]:
    """Keys that would be a file and a folder at once, which S3 allows and a disk does not."""
    paths = {item.path for item in items}
    for path in sorted(paths):
        steps = path.split("/")
        above = ("/".join(steps[:depth]) for depth in range(1, len(steps)))
        yield from (f"{path!r}: {folder!r} is a file" for folder in above if folder in paths)
