"""The GPU memory a model needs: weights, cache and what the engine takes for itself."""

from dataclasses import dataclass
from typing import Final

GIB: Final = 1024**3

ENGINE_ALLOWANCE_GIB: Final = 2.0
"""A GPU's context, graphs and activations. An allowance for 8B-class models, not a measurement: state
``gpu_memory_gib`` in a record once it was measured."""


@dataclass(frozen=True)
class GpuMemory:
    """What one replica needs over all its GPUs, and how the figure came about."""

    gib: float
    arithmetic: str
    gpu_count: int

    @property
    def gib_per_gpu(self) -> float:
        return self.gib / self.gpu_count


def engine_memory(
    *, stated_gib: float | None, size_bytes: int, cache_bytes_per_token: int, tokens: int, gpu_count: int
) -> GpuMemory:
    """The stated figure, or weights + cache for so many tokens + the engine's allowance a GPU."""
    if stated_gib is not None:
        return GpuMemory(stated_gib, f"{stated_gib:g} GiB as stated in the record", gpu_count)
    weights = size_bytes / GIB
    cache = cache_bytes_per_token * tokens / GIB
    allowance = ENGINE_ALLOWANCE_GIB * gpu_count
    total = round(weights + cache + allowance, 2)
    return GpuMemory(
        total,
        f"{weights:.2f} GiB weights + {cache:.2f} GiB cache ({tokens} tokens) + {allowance:.2f} GiB engine "
        f"= {total:.2f} GiB",
        gpu_count,
    )
