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


@pytest.mark.parametrize(
    ("header", "body", "message"),
    [
        (b"", b"", "the header's length cannot be 0 in 8 bytes"),
        (b"{not json", b"", "the header cannot be read"),
        (b"[1, 2]", b"", "the header cannot be read"),
        ({"w": {"dtype": "F32", "shape": [1]}}, b"", "the header cannot be read"),
        ({"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}, b"", "holds 69 bytes, its header 73"),
        (
            {"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}},
            bytes(9),
            "holds 78 bytes, its header 73",
        ),
    ],
)
def test_a_broken_file_is_refused(tmp_path: Path, header: Any, body: bytes, message: str) -> None:
    with pytest.raises(SafetensorsError, match=message):
        read_header(write(tmp_path / "m.safetensors", header, body))


def test_a_header_longer_than_the_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes((10**9).to_bytes(8, "little") + b"{}")

    with pytest.raises(SafetensorsError, match="cannot be 1000000000 in 10 bytes"):
        read_header(path)
