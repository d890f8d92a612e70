"""What one replica of a model needs to run."""

from typing import Self

from pydantic import Field, model_validator

from facts.strict import Strict
from releases.architecture import Architecture
from releases.engines import Engine, Task


class Needs(Strict):
    """What one replica needs; GPU memory is stated, or computed from the weights and the cache."""

    task: Task
    engine: Engine
    gpu_count: int = Field(ge=0, le=8)
    gpu_memory_gib: float | None = Field(
        default=None, gt=0, le=100_000, description="As measured, over all GPUs; absent: computed."
    )
    architecture: Architecture | None = Field(
        default=None, description="The dimensions that GPU memory is computed from."
    )
    cpu: int = Field(ge=1, le=10_000)
    memory_gib: int = Field(ge=1, le=100_000)
    max_context: int = Field(ge=1, le=100_000_000, description="Tokens of prompt and answer together.")
    concurrency: int = Field(
        ge=1, le=1_000_000, description="Requests of full length a replica must hold at once."
    )
    cpu_only_allowed: bool = False

    @model_validator(mode="after")
    def _there_is_something_to_run_on(self) -> Self:
        if self.gpu_count == 0 and not self.cpu_only_allowed:
            raise ValueError("gpu_count is 0, so cpu_only_allowed should be true")
        if self.gpu_count == 0 and self.gpu_memory_gib is not None:
            raise ValueError("gpu_count is 0, so gpu_memory_gib has no meaning")
        heads = self.architecture
        if heads is not None and self.gpu_count and not heads.splits_over(self.gpu_count):
            raise ValueError(
                f"gpu_count should divide the {heads.kv_heads} key-value heads of architecture, or be a multiple "
                f"of them: vLLM splits no head (got {self.gpu_count})"
            )
        if self.engine == "vllm" and not (self.gpu_memory_gib or self.architecture):
            raise ValueError("engine vllm: state gpu_memory_gib, or architecture to compute it")
        return self
