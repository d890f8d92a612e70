"""The dimensions of a model that decide how much it must remember of each request."""

from typing import Literal, Self

from pydantic import Field, model_validator

from facts.strict import Strict

BYTES_PER_NUMBER = {"float32": 4, "bfloat16": 2, "float16": 2, "float8": 1}
MLA_ALIGNMENT = 256
"""vLLM pads what it keeps of a token and layer under multi-head latent attention to this many bytes (its setting
``VLLM_MLA_CUDA_MEM_ALIGN_KV_CACHE``; the figures of pull request 13109, read 2026-11-23, show it)."""


BATCH_TOKENS = 8192
"""The most tokens that vLLM's server computes at once where nobody says otherwise: 8192 on GPUs of 70 GiB and more,
2048 below (``default_max_num_batched_tokens`` in vllm/engine/arg_utils.py, read 2026-11-25)."""


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

    def kept(self, context: int, batch: int = BATCH_TOKENS) -> tuple[tuple[int, int], ...]:
        """How many layers keep how many tokens of one request of this length.

        A layer with a window keeps what lies in it and what is computed at once, since a prompt is only forgotten after
        its part was computed: ``window - 1 + max_num_batched_tokens`` (``SlidingWindowSpec`` in
        vllm/v1/kv_cache_interface.py, by which vLLM admits requests; read 2026-11-25).
        """
        if self.window is None:
            return ((self.layers, context),)
        seen = min(context, self.window.tokens - 1 + batch)
        full = self.layers - self.window.layers
        return ((full, context), (self.window.layers, seen)) if full else ((self.window.layers, seen),)

    def cache_bytes(self, context: int, gpus: int, batch: int = BATCH_TOKENS) -> int:
        """What one GPU keeps of one request of this length: layers x tokens x bytes; a window forgets."""
        tokens = sum(layers * tokens for layers, tokens in self.kept(context, batch))
        return tokens * self.bytes_per_token_and_layer(gpus)

    def splits_over(self, gpus: int) -> bool:
        """Whether vLLM can deal the heads out: as many on each GPU, or each of them on as many GPUs.

        Every attention layer of vllm/model_executor/models asserts it, Llama's for example (read 2026-11-25).
        """
        heads = self.kv_heads or gpus
        return heads % gpus == 0 if heads >= gpus else gpus % heads == 0

    def in_words(self, gpus: int) -> str:
        """How the bytes of one token in one layer come about, on one GPU of so many."""
        size = BYTES_PER_NUMBER[self.kv_precision]
        if self.latent_dim is not None:
            return f"{self.latent_dim} numbers x {size} bytes, filled up to a multiple of {MLA_ALIGNMENT}"
        heads = -(-(self.kv_heads or 0) // gpus)
        return f"2 (key, value) x {heads} of {self.kv_heads} heads x {self.head_dim} numbers x {size} bytes"
