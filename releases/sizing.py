"""The GPU memory a model needs: weights, cache and what the engine takes for itself. Pure arithmetic."""

from dataclasses import dataclass
from typing import Final

from releases.architecture import Architecture

GIB: Final = 1024**3

ENGINE_ALLOWANCE_GIB: Final = 2.0
"""A GPU's context, activations and graphs.

Measured by others with vLLM, and read 2026-11-23: 0.16 to 0.25 GiB outside PyTorch, 0.19 to 0.94 GiB of activations
(issue 13061, pull requests 13109 and 14447 of vllm-project/vllm), 0.64 GiB of CUDA graphs (issue 128 of
generative-computing/granite-switch): 1.83 GiB at their worst. A long prompt in one piece or a large vocabulary takes
more, and so do experts: gpt-oss-120b took about 7 GiB besides weights and cache on an H100 (issues 23278 and 27508 of
vllm-project/vllm, read 2026-11-25). State ``gpu_memory_gib`` in a record once it was measured."""


@dataclass(frozen=True, kw_only=True)
class GpuMemory:
    """What one replica needs over all its GPUs, and how the figure came about."""

    gpu_count: int
    weights_gib: float = 0.0
    cache_gib: float = 0.0
    allowance_gib: float = 0.0
    stated_gib: float | None = None
    arithmetic: str
    steps: tuple[str, ...] = ()
    """How the parts came about, one line each: anybody can do them again."""

    @property
    def gib(self) -> float:
        if self.stated_gib is not None:
            return self.stated_gib
        return round(self.weights_gib + self.cache_gib + self.allowance_gib, 2)

    @property
    def gib_per_gpu(self) -> float:
        return self.gib / self.gpu_count


def stated_memory(gib: float, gpu_count: int) -> GpuMemory:
    """A figure somebody measured; it replaces every computation."""
    return GpuMemory(gpu_count=gpu_count, stated_gib=gib, arithmetic=f"{gib:g} GiB as stated in the record")


def engine_memory(
    *, size_bytes: int, architecture: Architecture | None, context: int, concurrency: int, gpu_count: int
) -> GpuMemory:
    """Weights + cache for so many requests of full length + the engine's allowance a GPU.

    Weights are dealt out over the GPUs; experts that rest must be there all the same. The cache of a token and layer is
    a key and a value for each key-value head (Kwon et al., "Efficient Memory Management for Large Language Model
    Serving with PagedAttention", 2023, section 3: 800 KB a token for OPT-13B), dealt out as
    :meth:`releases.architecture.Architecture.bytes_per_token_and_layer` says.

    Args:
        size_bytes: the files, which an engine holds as they are: quantised weights stay quantised.
        architecture: none for a model that remembers nothing between tokens, such as an encoder.
        context: tokens of prompt and answer.
        concurrency: requests of that length at once.
        gpu_count: over how many GPUs of one node it is split.
    """
    weights = size_bytes / GIB
    cache = 0.0
    if architecture is not None:
        cache = architecture.cache_bytes(context, gpu_count) * concurrency * gpu_count / GIB
    allowance = ENGINE_ALLOWANCE_GIB * gpu_count
    total = round(weights + cache + allowance, 2)
    return GpuMemory(
        gpu_count=gpu_count,
        weights_gib=weights,
        cache_gib=cache,
        allowance_gib=allowance,
        steps=_steps(size_bytes, architecture, context, concurrency, gpu_count),
        arithmetic=(
            f"{weights:.2f} GiB weights + {cache:.2f} GiB cache ({concurrency} x {context} tokens) + "
            f"{allowance:.2f} GiB engine = {total:.2f} GiB"
        ),
    )


def _steps(
    size_bytes: int, architecture: Architecture | None, context: int, concurrency: int, gpus: int
) -> tuple[str, ...]:
    said = [f"weights: {size_bytes} bytes of files / 2^30 = {size_bytes / GIB:.2f} GiB"]
    if architecture is not None:
        each = architecture.bytes_per_token_and_layer(gpus)
        kept = architecture.kept(context)
        counted = " + ".join(f"{layers} layers x {tokens} tokens" for layers, tokens in kept)
        total = architecture.cache_bytes(context, gpus) * concurrency * gpus
        said += [
            f"a token in a layer, on each GPU: {architecture.in_words(gpus)} = {each} bytes",
            (
                f"cache: ({counted}) x {each} bytes x {concurrency} requests x {gpus} GPU{'s'[: gpus > 1]} / 2^30 "
                f"= {total / GIB:.2f} GiB"
            ),
        ]
    said.append(
        f"engine: {ENGINE_ALLOWANCE_GIB:g} GiB x {gpus} GPU{'s'[: gpus > 1]} = {ENGINE_ALLOWANCE_GIB * gpus:.2f} GiB"
    )
    return tuple(said)
