"""A folder of model files holds data: whatever would run is named."""

import pickle
from pathlib import Path

import pytest

from releases.contents import dangers, leftovers, parameters, size_bytes
from releases.digest import manifest


def said(folder: Path) -> list[str]:
    return list(dangers(manifest(folder), folder))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.PT", "vectoriser.joblib", "a/b.pkl"])
def test_pickles_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    assert said(tmp_path) == [f"{name}: a pickle runs code when it is loaded; convert it to safetensors"]


@pytest.mark.parametrize("name", ["model.py", "1/model.so", "setup.SH"])
def test_programs_are_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    assert said(tmp_path) == [f"{name}: is a program; files of a model are data"]


def test_a_script_is_known_by_its_first_line_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "tokenizer").write_bytes(b"#!/bin/sh\n")
    assert said(tmp_path) == ["tokenizer: is a program; files of a model are data"]


def test_graphs_that_hold_code_are_named(tmp_path: Path) -> None:
    (tmp_path / "graph.pbtxt").write_bytes(b"x")
    assert said(tmp_path) == ["graph.pbtxt: its graph can hold code; convert it to safetensors or ONNX"]


def test_data_is_data(tmp_path: Path) -> None:
    for name in ("model.onnx", "config.json", "vocab.txt", ".gitattributes", "README.md", "model.bst"):
        (tmp_path / name).write_bytes(b"data")
    assert said(tmp_path) == []
    assert size_bytes(tmp_path) == 24
    assert parameters(tmp_path) == 0


def test_a_pickle_under_another_name_is_named(tmp_path: Path) -> None:
    (tmp_path / "vocab.txt").write_bytes(pickle.dumps({"a": [1, 2, 3]}))
    assert said(tmp_path) == ["vocab.txt: a pickle runs code when it is loaded; convert it to safetensors"]


def test_damaged_weights_are_named_with_their_folder(tmp_path: Path) -> None:
    (tmp_path / "2_Dense").mkdir()
    (tmp_path / "2_Dense" / "model.safetensors").write_bytes(b"")
    (tmp_path / "model.gguf").write_bytes(b"junk")
    assert said(tmp_path) == [
        "2_Dense/model.safetensors: the header's length cannot be 0 in 0 bytes",
        "model.gguf: is no GGUF file: it does not begin with GGUF",
    ]


def test_what_fetched_a_model_leaves_files_that_are_not_the_model(tmp_path: Path) -> None:
    for name in (".gitattributes", ".cache/huggingface/a.metadata", ".git/HEAD", ".git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert [line.partition(": ")[0] for line in leftovers(manifest(tmp_path))] == [
        ".git/HEAD",
        ".cache/huggingface/a.metadata",
    ]
