"""What may lie in a folder of model files: data, never something that runs when it is loaded."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from releases.digest import Manifest
from releases.disguise import disguise
from releases.safetensors import SafetensorsError, count_parameters, read_header

PICKLES: Final = frozenset({
    ".bin", ".ckpt", ".cloudpickle", ".dill", ".joblib", ".mar", ".nemo", ".pickle", ".pkl", ".pt", ".pth",
    ".ptl", ".sav",
})  # fmt: skip
"""Files whose usual reader runs code they contain."""
_PROGRAMS: Final = frozenset({
    ".bat", ".cmd", ".dll", ".dylib", ".exe", ".jar", ".js", ".ps1", ".py", ".pyc", ".pyd", ".pyx", ".rb", ".sh", ".so",
    ".whl",
})  # fmt: skip
_GRAPHS: Final = frozenset({".h5", ".keras", ".pb", ".pbtxt"})
"""TensorFlow and Keras graphs hold operations that read and write files, and layers that are Python code."""

_SAID: Final = {
    "pickle": "a pickle runs code when it is loaded; convert it to safetensors",
    "program": "is a program; files of a model are data",
    "graph": "its graph can hold code; convert it to safetensors or ONNX",
    "archive": "is an archive, whose contents nobody checks; unpack it",
}


def dangers(found: Manifest, folder: Path) -> Iterator[str]:
    """One line for each file that is a program, that runs one when it is loaded, or that is not what its name says."""
    for file in found.files:
        kind = _by_name(file.path) or disguise(folder / file.path)
        if kind:
            yield f"{file.path}: {_SAID[kind]}"
        elif file.path.endswith(".safetensors"):
            yield from _broken(folder / file.path, file.path)
        elif file.path.endswith(".gguf") and not _begins_with(folder / file.path, b"GGUF"):
            yield f"{file.path}: is no GGUF file: it does not begin with GGUF"


def leftovers(found: Manifest) -> Iterator[str]:
    """Files that whatever fetched the model keeps for itself: they differ on every machine, and the digest too."""
    for folder in (".git", ".cache"):
        inside = [file.path for file in found.files if folder in PurePosixPath(file.path).parts[:-1]]
        if inside:
            yield f"{inside[0]}: is not part of the model but of what fetched it; take {folder}/ out"


def _by_name(path: str) -> str:
    suffix = PurePosixPath(path).suffix.lower()
    for kind, suffixes in (("pickle", PICKLES), ("program", _PROGRAMS), ("graph", _GRAPHS)):
        if suffix in suffixes:
            return kind
    return ""


def _broken(path: Path, name: str) -> Iterator[str]:
    try:
        read_header(path)
    except SafetensorsError as error:
        above = PurePosixPath(name).parent.as_posix()
        yield f"{error}" if above == "." else f"{above}/{error}"


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as stream:
        return stream.read(len(magic)) == magic


def size_bytes(folder: Path) -> int:
    """The size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def parameters(folder: Path) -> int:
    """The trained numbers in all safetensors files below a folder; 0 where there are none.

    Raises:
        SafetensorsError: one of them is damaged.
    """
    return sum(count_parameters(path) for path in sorted(folder.rglob("*.safetensors")) if path.is_file())
