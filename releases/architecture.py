"""The dimensions of a model that decide how much it must remember of each request."""

from typing import Literal, Self

from pydantic import Field, model_validator

from facts.strict import Strict

BYTES_PER_NUMBER = {"float32": 4, "bfloat16": 2, "float16": 2, "float8": 1}
MLA_ALIGNMENT = 256
"""vLLM pads what it keeps of a token and layer under multi-head latent attention to this many bytes (its setting
``VLLM_MLA_CUDA_MEM_ALIGN_KV_CACHE``; the figures of pull request 13109, read 2026-11-23, show it)."""


class Window(Strict):
    """Layers that look back over the last tokens only."""

    layers: int = Field(ge=1, le=10_000)
    tokens: int = Field(ge=1, le=100_000_000)


class Architecture(Strict):
    """As ``config.json`` of the model has it (its names stand in the descriptions)."""

    layers: int = Field(ge=1, le=10_000, description="num_hidden_layers.")
    kv_heads: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="num_key_value_heads, or num_attention_heads where there is none.",
    )
    head_dim: int | None = Field(
        default=None, ge=1, le=100_000, description="head_dim, or hidden_size / num_attention_heads."
    )
    latent_dim: int | None = Field(
        default=None,
        ge=1,
        le=100_000,
        description="Multi-head latent attention: kv_lora_rank + qk_rope_head_dim.",
    )
    kv_precision: Literal["float32", "bfloat16", "float16", "float8"] = "bfloat16"
    window: Window | None = Field(default=None, description="Layers with sliding_window, if there are any.")

    @model_validator(mode="after")
    def _has_one_kind_of_attention(self) -> Self:
        heads = (self.kv_heads, self.head_dim)
        if self.latent_dim is None and None in heads:
            raise ValueError("state kv_heads and head_dim, or latent_dim for multi-head latent attention")
        if self.latent_dim is not None and heads != (None, None):
            raise ValueError("latent_dim stands alone: kv_heads and head_dim do not apply to it")
        if self.window is not None and self.window.layers > self.layers:
            raise ValueError(f"window.layers ({self.window.layers}) is more than layers ({self.layers})")
        return self

    def bytes_per_token_and_layer(self, gpus: int) -> int:
        """What one GPU of so many keeps of one token in one layer.

        Tensor parallelism deals out key-value heads; a GPU holds at least one, and a latent vector whole (vLLM
        documentation, "Parallelism and Scaling"; ``get_num_kv_heads`` in vllm/config/model.py, read 2026-11-23).
        """
        size = BYTES_PER_NUMBER[self.kv_precision]
        if self.latent_dim is not None:
            return -(-self.latent_dim * size // MLA_ALIGNMENT) * MLA_ALIGNMENT
        heads = -(-(self.kv_heads or 0) // gpus)
        return 2 * heads * (self.head_dim or 0) * size

    def cache_bytes(self, context: int, gpus: int) -> int:
        """What one GPU keeps of one request of this length: layers x tokens x bytes; a window forgets."""
        windowed = self.window.layers if self.window else 0
        seen = min(context, self.window.tokens) if self.window else 0
        tokens = (self.layers - windowed) * context + windowed * seen
        return tokens * self.bytes_per_token_and_layer(gpus)
