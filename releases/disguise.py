"""What a file is by its first bytes, whatever it is called: a pickle under another name is still loaded as one."""

import pickletools
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

_READ_BYTES: Final = 2**20
"""As much of a file as is looked at: a pickle says what it calls long before its data ends."""

_MAGIC: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"#!", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"MZ", "program"),
    (0, b"\xca\xfe\xba\xbe", "program"),  # Java, and Mach-O for several processors
    (0, b"\xce\xfa\xed\xfe", "program"),  # Mach-O
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"\0asm", "program"),  # WebAssembly
    (0, b"\x89HDF\r\n\x1a\n", "graph"),
    (0, b"PK\x03\x04", "archive"),
    (0, b"\x1f\x8b", "archive"),  # gzip
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\0", "archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "archive"),
    (0, b"\x28\xb5\x2f\xfd", "archive"),  # Zstandard
    (0, b"x\x9c", "archive"),  # zlib, as joblib compresses
    (0, b"x\xda", "archive"),
    (257, b"ustar", "archive"),
)
"""Signatures of the formats' own specifications. Text does not begin so, but for ``MZ`` and ``BZh``: see there."""
_OF_LETTERS: Final = (b"MZ", b"BZh")
_PICKLED_ARRAY: Final = re.compile(rb"'descr': *('[<>|=]?O|.{0,2000}'[<>|=]?O)", re.DOTALL)
_NAMES: Final = frozenset({"GLOBAL", "MARK"})
_CALLS: Final = frozenset({"BUILD", "INST", "NEWOBJ", "NEWOBJ_EX", "OBJ", "REDUCE"})
"""Operations by which a pickle calls what it named before. A word list may seem to name, and calls nothing."""
_ENOUGH: Final = 5
"""Operations in a row that no other file holds by chance."""


def disguise(path: Path) -> str:
    """``pickle``, ``program``, ``graph`` or ``archive`` by content; empty for everything else."""
    if path.suffix == ".safetensors":
        return (
            ""  # its own reader knows no code, and its first bytes are a length, which may look like anything
        )
    with path.open("rb") as stream:
        head = stream.read(_READ_BYTES)
    for offset, magic, kind in _MAGIC:
        if head.startswith(magic, offset) and not (magic in _OF_LETTERS and _is_text(head)):
            return "pickle" if kind == "archive" and b".pkl" in head else kind
    if head.startswith(b"\x93NUMPY") and _PICKLED_ARRAY.search(head[:4096]):
        return "pickle"
    return "pickle" if _is_pickle(head) else ""


def _is_text(head: bytes) -> bool:
    return b"\0" not in head and all(byte < 0x80 for byte in head[:512])  # noqa: PLR2004 beyond ASCII


def _is_pickle(head: bytes) -> bool:
    """Binary pickles name their protocol first. Those of protocol 0 and 1 are known by what they call."""
    is_named = len(head) > 1 and head[0] == 0x80 and head[1] <= 5  # noqa: PLR2004 PROTO, and the latest protocol
    seen: list[str] = []
    for name in _operations(head):
        seen.append(name)
        if is_named and (len(seen) == _ENOUGH or name in {"STOP", "GLOBAL"}):
            return True
        if name == "STOP":
            break
    else:
        return is_named and len(seen) >= _ENOUGH
    named = next((index for index, name in enumerate(seen) if name in _NAMES), len(seen))
    return any(name in _CALLS for name in seen[named:])


def _operations(head: bytes) -> Iterator[str]:
    """The names of a pickle's operations as far as they can be read; nothing is loaded."""
    try:
        for operation, _, _ in pickletools.genops(BytesIO(head)):
            yield operation.name
    except (ValueError, IndexError, OverflowError, MemoryError):
        return
