"""Which records are accepted, and what is said about the others; cases are files."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from facts.explain import explain
from facts.strict_yaml import load
from releases.release import Release
from tests.releases.records import HERE, record

VALID = sorted((HERE / "valid").glob("*.yaml"))
INVALID = sorted((HERE / "invalid").glob("*.yaml"))


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
