"""A folder of model files holds data: whatever would run is named."""

from pathlib import Path

import pytest

from releases.contents import dangers, parameters, size_bytes
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
