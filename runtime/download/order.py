"""What to fetch, from where to where, as command line and environment say."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.download.outcome import DownloadError, Outcome

DIGEST: Final = "ARTIFACT_DIGEST"
"""The variable with the record's digest (``releases/digest.py`` says of what)."""
WORKERS: Final = "DOWNLOAD_WORKERS"
PART_MIB: Final = "DOWNLOAD_PART_MIB"
_URI: Final = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<prefix>[^\s]+/)")
_SHA256: Final = re.compile(r"sha256:[0-9a-f]{64}")
_MOST: Final = 64
_DEFAULTS: Final = {WORKERS: "12", PART_MIB: "16"}
"""A connection to S3 brings some 80 MB/s; so many of them fill the line of a node, and the parts 256 MiB."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """One model's files. Memory held at a time is ``workers`` parts and a few."""

    bucket: str
    prefix: str
    target: Path
    digest: str
    workers: int
    part_bytes: int


def order(arguments: Sequence[str], environment: Mapping[str, str]) -> Order:
    """``URI TARGET``, the way KServe calls a storage initializer, and the digest from the environment.

    Raises:
        DownloadError: with a line for everything that is wrong.
    """
    problems: list[str] = []
    uri, target = (arguments[0], arguments[1]) if len(arguments) == 2 else ("", "")  # noqa: PLR2004 URI, TARGET
    found = _URI.fullmatch(uri)
    if len(arguments) != 2:  # noqa: PLR2004 as above
        problems.append(f"arguments: should be URI TARGET, got {len(arguments)}: {' '.join(arguments)}")
    elif found is None or {".", ".."} & set(found["prefix"].split("/")):
        problems.append(f"URI: should be s3://BUCKET/FOLDER/ without . and .., got {uri!r}")
    if target and not target.startswith("/"):
        problems.append(f"TARGET: should be a path from the root, got {target!r}")
    digest = environment.get(DIGEST, "")
    if not _SHA256.fullmatch(digest):
        problems.append(f"{DIGEST}: should be sha256: and 64 hexadecimal digits, got {digest!r}")
    counts = {name: _count(name, environment.get(name, usual), problems) for name, usual in _DEFAULTS.items()}
    if problems or found is None:
        raise DownloadError(Outcome.BAD_INPUT, *problems)
    return Order(
        bucket=found["bucket"],
        prefix=found["prefix"],
        target=Path(target),
        digest=digest,
        workers=counts[WORKERS],
        part_bytes=counts[PART_MIB] * 2**20,
    )


def _count(name: str, value: str, problems: list[str]) -> int:
    if re.fullmatch(r"[1-9][0-9]?", value) and int(value) <= _MOST:
        return int(value)
    problems.append(f"{name}: should be a number from 1 to {_MOST}, got {value!r}")
    return 0
