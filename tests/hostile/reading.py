"""What these tests share: reading one file, and the problem it ends with."""

from pathlib import Path

import pytest

from gate.core.errors import GateError
from gate.ingest.adapters import read_paths

POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: []}\n"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: "


def problem(folder: Path, content: str | bytes, name: str = "file.yaml") -> str:
    """The one problem of a file that must be refused, without its path."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(GateError) as error:
        read_paths([path])
    assert error.value.headline == "these files cannot be judged:"
    (only,) = error.value.problems
    return only.removeprefix(f"{path}: ")
