"""Weights in several files: an index says which, and nothing is missing or there twice."""

import json
from pathlib import Path
from typing import Any

import pytest

from releases.shards import shard_problems
from tests.releases.test_safetensors import write

INDEX = "model.safetensors.index.json"
A, B = "model-1-of-2.safetensors", "model-2-of-2.safetensors"


def weights(path: Path, *names: str) -> None:
    header = {name: {"dtype": "U8", "shape": [1], "data_offsets": [i, i + 1]} for i, name in enumerate(names)}
    write(path, header, bytes(len(names)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    weights(tmp_path / A, "a", "b")
    weights(tmp_path / B, "c")
    index(tmp_path, {"a": A, "b": A, "c": B})
    return tmp_path


def index(folder: Path, weight_map: Any) -> None:
    (folder / INDEX).write_text(json.dumps({"metadata": {"total_size": 3}, "weight_map": weight_map}))


def test_a_whole_model_has_no_problem(folder: Path) -> None:
    assert list(shard_problems(folder)) == []


def test_one_file_needs_no_index(tmp_path: Path) -> None:
    weights(tmp_path / "model.safetensors", "a")
    (tmp_path / "2_Dense").mkdir()
    weights(tmp_path / "2_Dense" / "model.safetensors", "a")
    assert list(shard_problems(tmp_path)) == []


def test_a_file_that_is_missing_is_named(folder: Path) -> None:
    (folder / B).unlink()
    assert list(shard_problems(folder)) == [f"{INDEX}: {B!r} is not there; fetch the whole model"]


def test_an_index_without_any_file_is_no_model(folder: Path) -> None:
    (folder / A).unlink()
    (folder / B).unlink()
    assert len(list(shard_problems(folder))) == 2


def test_a_tensor_that_is_missing_is_named(folder: Path) -> None:
    index(folder, {"a": A, "b": B, "c": B})
    assert list(shard_problems(folder)) == [f"{INDEX}: 'b' is not in {B}"]


def test_weights_that_stand_there_twice_are_named(folder: Path) -> None:
    weights(folder / "consolidated.safetensors", "x")
    assert list(shard_problems(folder)) == [
        f"consolidated.safetensors: is not in {INDEX}, so its weights would count and be loaded by nobody; take it out"
    ]


def test_two_files_without_an_index_leave_it_open_which_is_the_model(folder: Path) -> None:
    (folder / INDEX).unlink()
    (said,) = shard_problems(folder)
    assert said.startswith(f"the folder: holds {A}, {B}, and nothing says which of them are the model")


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", '{"weight_map": []}', '{"weight_map": {"a": 1}}', "[" * 100_000]
)
def test_an_index_that_cannot_be_read_is_named(folder: Path, text: str) -> None:
    (folder / INDEX).write_text(text)
    (said,) = shard_problems(folder)
    assert said.startswith(f"{INDEX}: cannot be read: ")


def test_a_damaged_file_is_named_elsewhere(folder: Path) -> None:
    (folder / A).write_bytes(b"junk")
    assert list(shard_problems(folder)) == []
