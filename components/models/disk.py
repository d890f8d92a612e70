"""What a replica takes of its node's disk, and whether a pool's disks hold it: pure."""

import math
from collections.abc import Sequence
from typing import Final, Protocol

from facts.accelerators import gpu_instances
from releases.engines import Engine

SERVER_IMAGE_GIB: Final = 30
"""For the image of a model's server, unpacked; generous, since a node that runs out of room evicts what serves."""
KEPT_FREE: Final = 0.1
"""Below this share of free space a node evicts pods (``evictionHard`` of our pools, the kubelet's own default)."""
_SCRATCH_GIB: Final[dict[Engine, int]] = {"vllm": 20}
_LITTLE_SCRATCH_GIB: Final = 2
_BYTES_A_GIB: Final = 2**30
_BYTES_A_GB: Final = 10**9


class Disks(Protocol):
    """What is read of a pool's settings."""

    @property
    def instance_types(self) -> Sequence[str]: ...
    @property
    def data_disk_gib(self) -> int: ...


def pod_disk_gib(engine: Engine, size_bytes: int, *, is_copied: bool) -> int:
    """What a pod writes at most: scratch volumes, and the files where they are copied into it.

    Files in an image volume are the node's, like the image of the server.
    """
    files = math.ceil(size_bytes / _BYTES_A_GIB) if is_copied else 0
    return files + _SCRATCH_GIB.get(engine, _LITTLE_SCRATCH_GIB)


def disk_problem(engine: Engine, size_bytes: int, pool: Disks) -> str | None:
    """Why the disk of a pool's smallest machine does not hold a replica, whichever way its files take."""
    needed = pod_disk_gib(engine, size_bytes, is_copied=True) + SERVER_IMAGE_GIB
    disk = _disk_gib(pool)
    usable = math.floor(disk * (1 - KEPT_FREE))
    if needed <= usable:
        return None
    return (
        f"a replica takes {needed} GiB of disk (files, scratch, {SERVER_IMAGE_GIB} GiB for the server), a machine has "
        f"{disk} GiB, x {1 - KEPT_FREE:g} = {usable} GiB usable; raise the pool's data_disk_gib or choose machines "
        "with local disks"
    )


def _disk_gib(pool: Disks) -> int:
    """Local disks hold containers where every machine of the pool has some, as the pool's node class says."""
    known = gpu_instances()
    local = [known[name].local_nvme_gb if name in known else 0 for name in pool.instance_types]
    return min(local) * _BYTES_A_GB // _BYTES_A_GIB if all(local) else pool.data_disk_gib
