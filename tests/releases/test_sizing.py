"""Sizes against what others measured and published: dense, grouped, latent, of experts, quantised."""

from typing import Any

import pytest

from facts.strict_yaml import load
from releases.architecture import BATCH_TOKENS, Architecture
from releases.artifact import quantised_bytes
from releases.sizing import GIB, engine_memory, stated_memory
from tests.releases.records import HERE

PUBLISHED = load((HERE / "published_memory.yaml").read_text(encoding="utf-8"), "published_memory.yaml")
GROUPED = Architecture(layers=80, kv_heads=8, head_dim=128)


@pytest.mark.parametrize("case", PUBLISHED["caches"], ids=lambda case: case["model"])
def test_a_cache_is_as_large_as_others_measured(case: dict[str, Any]) -> None:
    architecture = Architecture.model_validate(case["architecture"])
    computed = architecture.cache_bytes(case["tokens"], case["gpus"], case.get("batch", BATCH_TOKENS))
    assert abs(computed / case["bytes"] - 1) <= case["tolerance"], computed


@pytest.mark.parametrize("case", PUBLISHED["weights"], ids=lambda case: case["model"])
def test_weights_are_as_large_as_others_measured(case: dict[str, Any]) -> None:
    computed = quantised_bytes(case["parameters"], case["precision"]) / case["gpus"] / GIB
    assert abs(computed / case["gib"] - 1) <= case["tolerance"], computed


def test_at_least_five_open_models_are_compared() -> None:
    models = {case["model"].partition(",")[0] for case in (*PUBLISHED["caches"], *PUBLISHED["weights"])}
    assert len(models) >= 5
    assert len(models) == 10  # the number that docs/sizing.md gives


@pytest.mark.parametrize(("gpus", "heads"), [(1, 8), (2, 4), (4, 2), (8, 1), (16, 1)])
def test_heads_are_dealt_out_and_no_gpu_goes_without(gpus: int, heads: int) -> None:
    assert GROUPED.bytes_per_token_and_layer(gpus) == 2 * heads * 128 * 2


def test_a_latent_vector_is_whole_on_every_gpu() -> None:
    latent = Architecture(layers=61, latent_dim=576)
    assert latent.bytes_per_token_and_layer(1) == latent.bytes_per_token_and_layer(8) == 1280


def test_a_window_forgets_what_lies_behind_it() -> None:
    windowed = Architecture.model_validate(
        {"layers": 36, "kv_heads": 8, "head_dim": 64, "window": {"layers": 18, "tokens": 128}}
    )
    a_layer = 2 * 8 * 64 * 2
    assert windowed.cache_bytes(100_000, 1) == (18 * 100_000 + 18 * (127 + 8192)) * a_layer
    assert windowed.cache_bytes(1000, 1, batch=256) == (18 * 1000 + 18 * 383) * a_layer
    assert windowed.cache_bytes(100, 1) == 36 * 100 * a_layer


@pytest.mark.parametrize(
    ("heads", "gpus", "is_split"),
    [
        (8, 1, True),
        (8, 4, True),
        (8, 8, True),
        (8, 3, False),
        (8, 6, False),
        (2, 4, True),
        (2, 3, False),
        (40, 5, True),
    ],
)
def test_a_head_is_never_split(heads: int, gpus: int, is_split: bool) -> None:
    assert Architecture(layers=1, kv_heads=heads, head_dim=64).splits_over(gpus) is is_split
    assert Architecture(layers=1, latent_dim=576).splits_over(gpus)


def test_every_step_can_be_done_again() -> None:
    """Reads the numbers out of the words and computes with them."""
    windowed = Architecture.model_validate(
        {"layers": 36, "kv_heads": 8, "head_dim": 64, "window": {"layers": 18, "tokens": 128}}
    )
    memory = engine_memory(
        size_bytes=65_000_000_000, architecture=windowed, context=32768, concurrency=3, gpu_count=2
    )
    weights, each, cache, engine = memory.steps
    assert weights == "weights: 65000000000 bytes of files / 2^30 = 60.54 GiB"
    assert (
        each
        == "a token in a layer, on each GPU: 2 (key, value) x 4 of 8 heads x 64 numbers x 2 bytes = 1024 bytes"
    )
    assert cache == (
        "cache: (18 layers x 32768 tokens + 18 layers x 8319 tokens) x 1024 bytes x 3 requests x 2 GPUs / 2^30 "
        "= 4.23 GiB"
    )
    assert engine == "engine: 2 GiB x 2 GPUs = 4.00 GiB"
    assert memory.cache_gib == (18 * 32768 + 18 * 8319) * 1024 * 3 * 2 / GIB


def test_the_parts_add_up_in_words() -> None:
    memory = engine_memory(
        size_bytes=141_107_412_992, architecture=GROUPED, context=8192, concurrency=16, gpu_count=4
    )
    assert memory.arithmetic == (
        "131.42 GiB weights + 40.00 GiB cache (16 x 8192 tokens) + 8.00 GiB engine = 179.42 GiB"
    )
    assert (memory.gib, memory.gib_per_gpu) == (179.42, 179.42 / 4)


def test_more_gpus_than_heads_keep_heads_twice() -> None:
    def cache(gpus: int) -> float:
        return engine_memory(
            size_bytes=1, architecture=GROUPED, context=1024, concurrency=1, gpu_count=gpus
        ).cache_gib

    assert (cache(4), cache(8), cache(16)) == (0.3125, 0.3125, 0.625)


def test_what_remembers_nothing_has_no_cache() -> None:
    memory = engine_memory(size_bytes=GIB, architecture=None, context=512, concurrency=64, gpu_count=1)
    assert (memory.weights_gib, memory.cache_gib, memory.gib) == (1.0, 0.0, 3.0)


def test_what_somebody_measured_replaces_all_of_it() -> None:
    memory = stated_memory(168.5, 4)
    assert (memory.gib, memory.gib_per_gpu) == (168.5, 42.125)
    assert memory.arithmetic == "168.5 GiB as stated in the record"
