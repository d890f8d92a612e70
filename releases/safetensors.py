"""Reading what a safetensors file says about itself: eight bytes of length, then a JSON header.

The format: https://github.com/huggingface/safetensors#format, read 2026-11-23.
"""

import json
import math
from pathlib import Path
from typing import Any, Final

_LENGTH_BYTES: Final = 8
_LONGEST_HEADER_BYTES: Final = 100_000_000
"""The format's own limit."""

_FLOATING: Final = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})


class SafetensorsError(ValueError):
    """The file is not the safetensors file its name says."""


def read_header(path: Path) -> dict[str, dict[str, Any]]:
    """Data type, shape and offsets of every tensor.

    Raises:
        SafetensorsError: the header is cut, too long or no JSON, or the tensors end elsewhere than the file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        if not 0 < length <= min(_LONGEST_HEADER_BYTES, size - _LENGTH_BYTES):
            raise SafetensorsError(f"{path.name}: the header's length cannot be {length} in {size} bytes")
        try:
            header = json.loads(stream.read(length))
            tensors = {name: entry for name, entry in header.items() if name != "__metadata__"}
            ends = max((entry["data_offsets"][1] for entry in tensors.values()), default=0)
        except (ValueError, AttributeError, KeyError, IndexError, TypeError) as error:
            raise SafetensorsError(f"{path.name}: the header cannot be read: {error}") from None
    if _LENGTH_BYTES + length + ends != size:
        raise SafetensorsError(f"{path.name}: holds {size} bytes, its header {_LENGTH_BYTES + length + ends}")
    return tensors


def count_parameters(path: Path) -> int:
    """How many trained numbers the tensors hold: integer tensors are positions and counters, not weights.

    Weights quantised to integers are therefore not counted: their records state the number.
    """
    return sum(math.prod(e["shape"]) for e in read_header(path).values() if e["dtype"] in _FLOATING)
