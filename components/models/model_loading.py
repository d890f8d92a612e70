"""How a model's files reach its pod: fetched from S3, or kept on the node as an image; chosen by size and restarts.

An image is pulled slowly once and then is there: each later start on that node takes seconds. S3 is fetched anew into
every pod, twice as fast as an image is pulled. So size and starts decide, and both are known before anything runs.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from facts.start_times import StartTime, start_times

Kind = Literal["s3", "image-volume"]

NODE_DAYS: Final = 30
"""How long a node keeps what it pulled. Our pools replace no node for its age; upgrades of their system do."""
_GB: Final = 1e9
_DISK_BYTES_PER_SECOND: Final = 125 * 2**20
"""What a gp3 volume reads without extra charge (EBS user guide, "General Purpose SSD volumes", read 2026-11)."""
SERVER_SECONDS: Final = 60
"""What a server is given to import its libraries (torch, vLLM) before it reads a file; not measured."""
_LEAST_LOAD_SECONDS: Final = 600


@dataclass(frozen=True, kw_only=True)
class Starts:
    """How often a model is expected to start, and on how many nodes: what a stack may say of it."""

    per_day: float
    nodes: int

    def __post_init__(self) -> None:
        if self.per_day < 0 or self.nodes < 1:
            raise ValueError(
                f"starts per day are 0 or more on at least 1 node (got {self.per_day:g}, {self.nodes})"
            )

    @property
    def on_one_node(self) -> float:
        """Starts that one node sees, the first one among them."""
        return max(1.0, self.per_day * NODE_DAYS / self.nodes)


@dataclass(frozen=True, kw_only=True)
class StartPath:
    """The chosen path, what a start takes on it, and why it was chosen."""

    kind: Kind
    uri: str
    cold_seconds: float
    warm_seconds: float
    reasons: tuple[str, ...]


def start_path(*, size_bytes: int, uri: str, image: str | None, starts: Starts) -> StartPath:
    """The path on which a node spends the least time on starts; S3 where both are equal.

    ``uri`` and ``image`` are the record's locations: a folder in S3 or an image by digest, and a second one as an
    image.

    Raises:
        ValueError: an image is not named by digest.
    """
    where: dict[Kind, str] = {}
    for location in filter(None, (uri, image)):
        if location.startswith("s3://"):
            where["s3"] = location
        elif location.startswith("oci://") and "@sha256:" in location:
            where["image-volume"] = "oci+native://" + location.removeprefix("oci://")
        else:
            raise ValueError(f"{location}: a model lies in s3:// or in oci://...@sha256:")
    count = starts.on_one_node
    spent = {kind: _spent(kind, size_bytes, count) for kind in where}
    best = min(where, key=lambda kind: (spent[kind], kind != "s3"))
    cold, warm = (seconds(best, size_bytes, first=first) for first in (True, False))
    return StartPath(
        kind=best,
        uri=where[best],
        cold_seconds=cold,
        warm_seconds=warm,
        reasons=_reasons(best, spent, size_bytes, count),
    )


def seconds(path: str, size_bytes: int, *, first: bool) -> float:
    """How long a start takes: between the measured sizes on a line, beyond them in proportion.

    A start that moves no files takes the same for every size, and none is faster.
    """
    nothing_moved = min(point.warm for point in start_times().paths["image-volume"])
    return max(nothing_moved, _moving(path, size_bytes / _GB, first=first))


def _moving(path: str, gigabytes: float, *, first: bool) -> float:
    measured = [(point.gigabytes, _time(point, first=first)) for point in start_times().paths[path]]
    if path != "s3" and not first:
        return max(took for _, took in measured)
    for (below, least), (above, most) in pairwise(measured):
        if below <= gigabytes <= above:
            return least + (most - least) * (gigabytes - below) / (above - below)
    nearest, took = measured[0] if gigabytes < measured[0][0] else measured[-1]
    return took * gigabytes / nearest


def load_seconds(size_bytes: int) -> int:
    """What a startup probe allows: the server's own start, and the files twice over from the slowest disk we give.

    The way to the node is not in it: a probe is asked only once the files are there.
    """
    reading = SERVER_SECONDS + 2 * size_bytes / _DISK_BYTES_PER_SECOND
    return max(_LEAST_LOAD_SECONDS, math.ceil(reading / 60) * 60)


def _time(point: StartTime, *, first: bool) -> float:
    return point.cold if first else point.warm


def _spent(kind: str, size_bytes: int, count: float) -> float:
    return seconds(kind, size_bytes, first=True) + (count - 1) * seconds(kind, size_bytes, first=False)


def _reasons(best: Kind, spent: dict[Kind, float], size_bytes: int, count: float) -> tuple[str, ...]:
    times = "1 start" if count == 1 else f"{count:g} starts"
    said = [
        f"{kind}: {total:,.0f} s for {times} of {size_bytes / _GB:,.2f} GB on a node "
        f"({seconds(kind, size_bytes, first=True):,.0f} s the first, "
        f"{seconds(kind, size_bytes, first=False):,.0f} s each after)"
        for kind, total in sorted(spent.items(), key=lambda item: item[0] != best)
    ]
    if "image-volume" not in spent:
        said.append("image-volume: the record names no image (artifact.image)")
    return tuple(said)
