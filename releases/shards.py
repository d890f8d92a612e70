"""Whether weights in several files are whole: what the index beside them promises, and what the files hold."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from releases.safetensors import SafetensorsError, read_header

_INDEX: Final = "*.safetensors.index.json"
_MOST_NAMED: Final = 5


def shard_problems(folder: Path) -> Iterator[str]:
    """One line for each file or tensor that is missing or would be there twice; damaged files are named elsewhere."""
    by_folder: dict[Path, list[Path]] = defaultdict(list)
    for path in sorted(path for path in folder.rglob("*.safetensors") if path.is_file()):
        by_folder[path.parent].append(path)
    for index in sorted(folder.rglob(_INDEX)):
        by_folder.setdefault(index.parent, [])
    for where, files in sorted(by_folder.items()):
        indices = sorted(where.glob(_INDEX))
        above = "" if where == folder else f"{where.relative_to(folder).as_posix()}/"
        if len(indices) > 1 or (not indices and len(files) > 1):
            names = ", ".join(path.name for path in (indices or files)[:_MOST_NAMED])
            yield (
                f"{above or 'the folder'}: holds {names}, and nothing says which of them are the model; "
                "keep one set of weights, with its index if there are several files"
            )
        for index in indices[:1]:
            yield from (f"{above}{said}" for said in _against_index(index, files))


def _against_index(index: Path, files: list[Path]) -> Iterator[str]:
    try:
        promised = _weight_map(json.loads(index.read_text(encoding="utf-8")))
    except (ValueError, RecursionError) as error:
        yield f"{index.name}: cannot be read: {error}"
        return
    there = {path.name for path in files}
    for name in sorted(set(promised.values()) - there):
        yield f"{index.name}: {name!r} is not there; fetch the whole model"
    for name in sorted(there - set(promised.values())):
        yield f"{name}: is not in {index.name}, so its weights would count and be loaded by nobody; take it out"
    held = {path.name: _tensors(path) for path in files}
    lost = [
        f"{tensor!r} is not in {file}"
        for tensor, file in promised.items()
        if (tensors := held.get(file)) is not None and tensor not in tensors
    ]
    yield from (f"{index.name}: {said}" for said in lost[:_MOST_NAMED])


def _weight_map(data: Any) -> dict[str, str]:
    found = data.get("weight_map") if isinstance(data, dict) else None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found.values()):
        raise ValueError("weight_map should say for each tensor which file holds it")
    return found


def _tensors(path: Path) -> set[str] | None:
    try:
        return set(read_header(path))
    except (SafetensorsError, OSError):
        return None
