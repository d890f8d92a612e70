"""Reading what a safetensors file says about itself: eight bytes of length, then a JSON header.

The format: https://github.com/huggingface/safetensors#format, read 2026-11-23. Its own reader refuses tensors that
overlap, leave a gap, or are not as large as their shape says, and so does this one. No weight is read.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, TypeGuard

_LENGTH_BYTES: Final = 8
_LONGEST_HEADER_BYTES: Final = 100_000_000
"""The format's own limit."""

_BITS: Final[Mapping[str, int]] = {
    "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "BOOL": 8, "U8": 8, "I8": 8,
    "F8_E4M3": 8, "F8_E5M2": 8, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "F8_E8M0": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
    "I32": 32, "U32": 32, "F32": 32,
    "I64": 64, "U64": 64, "F64": 64, "C64": 64,
}  # fmt: skip
"""The types of safetensors 0.8 (``Dtype``), read 2026-11-25 from programs that match all of them."""
_FLOATING: Final = frozenset({"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"})


class SafetensorsError(ValueError):
    """The file is not the safetensors file its name says."""


@dataclass(frozen=True)
class Tensor:
    """One tensor: its type, how many numbers it holds, and where they lie behind the header."""

    dtype: str
    count: int
    begin: int
    end: int


def read_header(path: Path) -> dict[str, Tensor]:
    """Every tensor by name.

    Raises:
        SafetensorsError: the header is cut, too long or no JSON, or its tensors are not what the file holds.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(_LENGTH_BYTES), "little")
        if not 0 < length <= min(_LONGEST_HEADER_BYTES, size - _LENGTH_BYTES):
            raise SafetensorsError(f"{path.name}: the header's length cannot be {length} in {size} bytes")
        try:
            header = json.loads(stream.read(length), object_pairs_hook=_once, parse_constant=_no_number)
        except (ValueError, RecursionError) as error:
            raise SafetensorsError(f"{path.name}: the header cannot be read: {error}") from None
    if not isinstance(header, dict):
        raise SafetensorsError(f"{path.name}: the header should be a mapping")
    tensors = {name: _tensor(path, name, entry) for name, entry in header.items() if name != "__metadata__"}
    _fill_the_file(path, tensors, size - _LENGTH_BYTES - length)
    return tensors


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def _tensor(path: Path, name: str, entry: Any) -> Tensor:
    where = f"{path.name}: tensor {name!r}"
    if not isinstance(entry, dict):
        raise SafetensorsError(f"{where}: should be a mapping")
    dtype, shape, offsets = (entry.get(key) for key in ("dtype", "shape", "data_offsets"))
    if not isinstance(dtype, str) or dtype not in _BITS:
        raise SafetensorsError(
            f"{where}: dtype should be one that the format knows, such as BF16 (got {_cut(dtype)})"
        )
    if not _is_counts(shape):
        raise SafetensorsError(f"{where}: shape should be whole numbers from 0 (got {_cut(shape)})")
    if not _is_counts(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:  # noqa: PLR2004 begin and end
        raise SafetensorsError(f"{where}: data_offsets should be begin and end (got {_cut(offsets)})")
    count, (begin, end) = math.prod(shape), offsets
    if count * _BITS[dtype] != (end - begin) * 8:
        raise SafetensorsError(
            f"{where}: {_cut(shape)} of {dtype} does not take the {end - begin} bytes it has"
        )
    return Tensor(dtype, count, begin, end)


def _is_counts(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 2**63 for item in value)


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 what a line of a message can bear


def _fill_the_file(path: Path, tensors: Mapping[str, Tensor], size: int) -> None:
    """One after the other, from the header to the end: bytes that belong to no tensor could be anything."""
    reached = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if tensor.begin != reached:
            what = "overlaps the one before it" if tensor.begin < reached else "leaves a gap before it"
            raise SafetensorsError(
                f"{path.name}: tensor {name!r}: {what} (begins at {tensor.begin}, not {reached})"
            )
        reached = tensor.end
    if reached != size:
        raise SafetensorsError(f"{path.name}: holds {size} bytes behind its header, which tells of {reached}")


def count_parameters(path: Path) -> int:
    """How many trained numbers the tensors hold: integer tensors are positions and counters, not weights.

    Weights quantised to integers are therefore not counted: their records state the number.
    """
    return sum(tensor.count for tensor in read_header(path).values() if tensor.dtype in _FLOATING)
