"""Reading files that others wrote: refused before they cost much."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gate.bounds import Bounds, DamageError
from gate.json_text import plain_json
from gate.yaml_text import yaml_documents

_TEMPLATE = re.compile(
    rb"\{\{-?\s*(?:\.Values|\.Release|\.Chart|\.Capabilities|\.Files|\$|/\*|(?:include|template|define|block|if|range|with|end|else|"
    rb"toYaml|tpl|printf|default|required|quote|lookup)\b)"
)
"""What Helm's templates hold. KServe's own placeholders ({{ .Name }}) are part of an object and no template."""
_PART = 1 << 20


def documents(path: Path, bounds: Bounds) -> Iterator[Any]:
    """The documents of a JSON or YAML file.

    Raises:
        DamageError: too large, too deep, swollen by aliases, not UTF-8, a template, not JSON or YAML at all, or
            holding what JSON cannot hold.
    """
    raw = _read(path, bounds)
    _check_utf8(raw)
    if b"\0" in raw:
        raise DamageError("holds a NUL byte")
    if path.suffix == ".json":
        text = raw.decode("utf-8-sig")
        del raw  # both at once may be five times the file
        yield plain_json(text, bounds)
        return
    template = _TEMPLATE.search(raw)
    if template is not None:
        line = raw.count(b"\n", 0, template.start()) + 1
        raise DamageError(
            f"line {line}: an unrendered template; render it first (helm template) and judge the result"
        )
    yield from yaml_documents(raw, bounds)


def _read(path: Path, bounds: Bounds) -> bytes:
    size = path.stat().st_size
    bounds.take_file(size)
    with path.open("rb") as file:
        raw = file.read(size + 1)
    if len(raw) != size:
        raise DamageError(f"has {size} bytes, but reading it gives others; it is no file at rest")
    return raw


def _check_utf8(raw: bytes) -> None:
    """In parts: as text, a file with one rare character takes four times its size."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(raw), _PART):
        part = raw[start : start + _PART]
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(part, final=start + _PART >= len(raw))
        except UnicodeDecodeError as error:
            raise DamageError(f"is not UTF-8 (byte {start - held + error.start})") from None
