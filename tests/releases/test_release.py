"""Which records are accepted, and what is said about the others; cases are files."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from facts.explain import explain
from facts.strict_yaml import load
from releases.release import Release
from tests.releases.events_examples import FIGURE
from tests.releases.records import HERE, record

VALID = sorted((HERE / "valid").glob("*.yaml"))
INVALID = sorted((HERE / "invalid").glob("*.yaml"))


def problems(data: dict[str, Any]) -> list[str]:
    try:
        Release.model_validate(data)
    except ValidationError as error:
        return explain(error, Release)
    return []


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_record_is_read_as_written(path: Path) -> None:
    data = load(path.read_text(), path.name)

    release = Release.model_validate(data)

    assert release.model_dump(exclude_unset=True) == data


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_record_is_refused_in_the_words_of_the_file(path: Path) -> None:
    case = load(path.read_text(), path.name)
    data = record(case.get("base", "embedding-on-cpu"), case.get("change"), case.get("remove", ()))

    with pytest.raises(ValidationError) as caught:
        Release.model_validate(data)

    assert explain(caught.value, Release) == case["says"]


def test_what_an_environment_reads_of_a_record() -> None:
    release = Release.model_validate(record("chat-on-gpu"))

    assert release.identity == "support-chat-v1"
    assert release.artifact.location("acme-prod-models") == "s3://acme-prod-models/support-chat-v1/"


def test_an_image_lies_where_it_says_in_every_environment() -> None:
    artifact = Release.model_validate(record("image-with-stated-memory")).artifact

    assert artifact.location("acme-prod-models") == artifact.uri


def test_gpu_memory_is_weights_and_cache_and_allowance() -> None:
    memory = Release.model_validate(record("chat-on-gpu")).gpu_memory

    assert memory is not None
    assert memory.gib == 19.51
    assert memory.arithmetic == (
        "15.26 GiB weights + 2.25 GiB cache (2 x 8192 tokens) + 2.00 GiB engine = 19.51 GiB"
    )


def test_a_stated_figure_replaces_the_computed_one_and_is_shared_by_the_gpus() -> None:
    memory = Release.model_validate(record("image-with-stated-memory")).gpu_memory

    assert memory is not None
    assert (memory.gib, memory.gib_per_gpu) == (168.5, 42.125)
    assert memory.arithmetic == "168.5 GiB as stated in the record"


def test_a_model_without_gpu_needs_no_gpu_memory() -> None:
    assert Release.model_validate(record()).gpu_memory is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rollout": {"abort": [{"metric": "error-rate", "above": 0.02}]}}, []),
        (
            {"rollout": {"abort": [{"metric": "error-rate", "above": 2.0}]}},
            ["rollout.abort.0: above should be a fraction below 1 for error-rate, such as 0.02 (got 2)"],
        ),
        ({"rollout": {"abort": [{"metric": "latency-p95-ms", "above": 2000.0}]}}, []),
        (
            {"rollout": {"abort": [{"metric": "error-rate", "above": a} for a in (0.1, 0.2)]}},
            ["rollout: abort: error-rate stands twice; the stricter one is meant"],
        ),
        ({"origin.model": "  \n"}, ["origin.model: should say something; it is blank (got '  \\n')"]),
        ({"origin.base_revision": "1110a24"}, []),
    ],
)
def test_values_make_sense(change: dict[str, Any], said: list[str]) -> None:
    assert problems(record(change=change)) == said


def test_stated_memory_holds_the_files_at_least() -> None:
    """Whoever states a figure replaces every computation, so a slip of a digit would fit on any GPU."""
    size = record("chat-on-gpu")["artifact"]["size_bytes"] / 2**30
    assert problems(record("chat-on-gpu", {"needs.gpu_memory_gib": size + 1})) == []
    assert problems(record("chat-on-gpu", {"needs.gpu_memory_gib": 1.0})) == [
        f"needs.gpu_memory_gib should be at least the files' {size:.2f} GiB (got 1)"
    ]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("field", ["value", "floor"])
def test_a_figure_is_a_number(field: str, number: float) -> None:
    """No value is below a floor of minus infinity."""
    figure = {**FIGURE, field: number}
    (said,) = problems(record(change={"evaluations": [figure]}))
    assert said.startswith(f"evaluations.0.{field}: should be a finite number")


def test_one_figure_does_not_hide_another() -> None:
    twice = [{**FIGURE, "value": 0.1}, {**FIGURE, "value": 0.9}]
    assert problems(record(change={"evaluations": twice})) == [
        "evaluations.1: pairs spearman stands twice; one figure would hide the other"
    ]


@pytest.mark.parametrize(("gpus", "is_split"), [(1, True), (2, True), (4, True), (3, False), (5, False)])
def test_heads_are_dealt_out_whole(gpus: int, is_split: bool) -> None:
    said = problems(record("chat-on-gpu", {"needs.gpu_count": gpus}))
    told = [line for line in said if "key-value heads" in line]
    assert bool(told) is not is_split
    assert is_split or told[0].endswith(f"or be a multiple of them: vLLM splits no head (got {gpus})")
