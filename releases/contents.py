"""What may lie in a folder of model files: data, never something that runs when it is loaded."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from releases.digest import Manifest
from releases.safetensors import count_parameters

PICKLES: Final = frozenset({".bin", ".ckpt", ".joblib", ".pickle", ".pkl", ".pt", ".pth"})
"""Files whose usual reader runs code they contain."""
_PROGRAMS: Final = frozenset({
    ".bat", ".cmd", ".dll", ".dylib", ".exe", ".jar", ".js", ".ps1", ".py", ".pyc", ".pyd", ".pyx", ".rb", ".sh", ".so",
    ".whl",
})  # fmt: skip
_GRAPHS: Final = frozenset({".h5", ".keras", ".pb", ".pbtxt"})
"""TensorFlow and Keras graphs hold operations that read and write files, and layers that are Python code."""
_SCRIPT: Final = b"#!"


def dangers(found: Manifest, folder: Path) -> Iterator[str]:
    """One line for each file that is a program, or that runs one when it is loaded."""
    for file in found.files:
        suffix = PurePosixPath(file.path).suffix.lower()
        if suffix in PICKLES:
            yield f"{file.path}: a pickle runs code when it is loaded; convert it to safetensors"
        elif suffix in _PROGRAMS or _is_script(folder / file.path):
            yield f"{file.path}: is a program; files of a model are data"
        elif suffix in _GRAPHS:
            yield f"{file.path}: its graph can hold code; convert it to safetensors or ONNX"


def _is_script(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(_SCRIPT)) == _SCRIPT


def size_bytes(folder: Path) -> int:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def parameters(folder: Path) -> int:
    """The trained numbers in all safetensors files below a folder; 0 where there are none.

    Raises:
        SafetensorsError: one of them is damaged.
    """
    return sum(count_parameters(path) for path in sorted(folder.rglob("*.safetensors")))
