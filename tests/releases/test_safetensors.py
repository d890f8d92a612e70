"""The header of a safetensors file, and files that only look like one."""

import json
from pathlib import Path
from typing import Any

import pytest

from releases.safetensors import SafetensorsError, count_parameters, read_header


def write(path: Path, header: Any, body: bytes = b"") -> Path:
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(len(raw).to_bytes(8, "little") + raw + body)
    return path


def test_floating_tensors_are_counted_and_positions_are_not(tmp_path: Path) -> None:
    header = {
        "__metadata__": {"format": "pt"},
        "weight": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
        "scale": {"dtype": "BF16", "shape": [], "data_offsets": [24, 26]},
        "position_ids": {"dtype": "I64", "shape": [1, 2], "data_offsets": [26, 42]},
    }
    path = write(tmp_path / "m.safetensors", header, bytes(42))

    assert count_parameters(path) == 7
    assert list(read_header(path)) == ["weight", "scale", "position_ids"]


def tensor(shape: Any = (1,), offsets: Any = (0, 4), dtype: Any = "F32") -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


NESTED = b'{"w":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
BROKEN: dict[str, tuple[Any, int, str]] = {
    "no header": (b"", 0, "the header's length cannot be 0 in 8 bytes"),
    "no JSON": (b"{not json", 0, "the header cannot be read"),
    "nested": (NESTED, 0, "the header cannot be read: maximum recursion depth"),
    "digits": (b'{"w":' + b"9" * 5000 + b"}", 0, "the header cannot be read"),
    "twice": (b'{"w": {}, "w": {}}', 0, "the header cannot be read: a name stands there twice"),
    "NaN": (b'{"w": NaN}', 0, "the header cannot be read: NaN is no number of JSON"),
    "list": (b"[1, 2]", 0, "the header should be a mapping"),
    "number": ({"w": 1}, 0, "tensor 'w': should be a mapping"),
    "no offsets": (
        {"w": {"dtype": "F32", "shape": [1]}},
        0,
        r"data_offsets should be begin and end \(got None\)",
    ),
    "no type": (
        {"w": tensor(dtype=None)},
        4,
        r"dtype should be one that the format knows, such as BF16 \(got None\)",
    ),
    "type is a list": ({"w": tensor(dtype=["F32"])}, 4, "dtype should be one that the format knows"),
    "unknown type": ({"w": tensor(dtype="Q4")}, 4, r"dtype should be .* \(got 'Q4'\)"),
    "negative offset": (
        {"w": tensor(offsets=[-4, 0])},
        0,
        r"data_offsets should be begin and end \(got \[-4, 0\]\)",
    ),
    "turned offsets": ({"w": tensor(offsets=[4, 0])}, 4, "data_offsets should be begin and end"),
    "offset is no whole number": ({"w": tensor(offsets=[0, 4.0])}, 4, "data_offsets should be begin and end"),
    "three offsets": ({"w": tensor(offsets=[0, 2, 4])}, 4, "data_offsets should be begin and end"),
    "offsets are a mapping": ({"w": tensor(offsets={"1": 4})}, 4, "data_offsets should be begin and end"),
    "shape is text": ({"w": tensor(shape="1")}, 4, r"shape should be whole numbers from 0 \(got '1'\)"),
    "text in the shape": ({"w": tensor(shape=["1"])}, 4, "shape should be whole numbers from 0"),
    "negative shape": ({"w": tensor(shape=[-1, -1])}, 4, "shape should be whole numbers from 0"),
    "true in the shape": ({"w": tensor(shape=[True])}, 4, "shape should be whole numbers from 0"),
    "shape of another size": ({"w": tensor(shape=[1000, 1000])}, 4, "does not take the 4 bytes it has"),
    "overlap": ({"a": tensor(), "b": tensor()}, 4, "tensor 'b': overlaps the one before it"),
    "gap": (
        {"a": tensor(), "b": tensor(offsets=[8, 12])},
        12,
        r"tensor 'b': leaves a gap .* \(begins at 8, not 4\)",
    ),
    "gap at the start": ({"a": tensor(offsets=[4, 8])}, 8, "tensor 'a': leaves a gap before it"),
    "cut": ({"w": tensor()}, 0, "holds 0 bytes behind its header, which tells of 4"),
    "something behind it": ({"w": tensor()}, 9, "holds 9 bytes behind its header, which tells of 4"),
}


@pytest.mark.parametrize(("header", "size", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused(tmp_path: Path, header: Any, size: int, message: str) -> None:
    with pytest.raises(SafetensorsError, match=message):
        read_header(write(tmp_path / "m.safetensors", header, bytes(size)))


@pytest.mark.parametrize(
    ("header", "size"),
    [
        ({}, 0),
        ({"__metadata__": {"format": "pt"}}, 0),
        ({"empty": tensor(shape=[0], offsets=[0, 0]), "w": tensor()}, 4),
        ({"last": tensor(offsets=[4, 8]), "first": tensor()}, 8),
        ({"packed": tensor(shape=[2, 3], offsets=[0, 3], dtype="F4")}, 3),
        ({"scalar": tensor(shape=[])}, 4),
    ],
)
def test_a_file_that_is_rare_and_whole_is_read(tmp_path: Path, header: Any, size: int) -> None:
    assert len(read_header(write(tmp_path / "m.safetensors", header, bytes(size)))) == len(
        set(header) - {"__metadata__"}
    )


def test_a_header_longer_than_the_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes((10**9).to_bytes(8, "little") + b"{}")

    with pytest.raises(SafetensorsError, match="cannot be 1000000000 in 10 bytes"):
        read_header(path)
