"""Reading files that others wrote: refused before they cost much."""

import codecs
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gate.core.folders import STDIN
from gate.ingest.bounds import LARGEST_FILE, Bounds, DamageError
from gate.ingest.json_text import plain_json
from gate.ingest.yaml_text import yaml_documents

_HELMS = re.compile(
    rb"\{\{[^{}\n]{0,500}?(?:\.(?:Values|Release|Chart|Capabilities|Files)\b|\b(?:include|toYaml|tpl)[ \t]+[\"(.$])"
)
"""What only Helm's own templates hold. Alerts ({{ $labels.pod }}), KServe's configurations ({{ .Name }}) and workflows
({{inputs.parameters.x}}) have marks of theirs in texts, and are objects as they stand."""
_MARK = re.compile(rb"\{\{|\{%|<%")
_LINE = re.compile(r"line (\d+): (?:is not YAML|a key should be text)")
_NEAR = 3
"""Lines before the one where YAML breaks, in which a template's mark is taken for the reason."""
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
    helms = _HELMS.search(raw)
    line = raw.count(b"\n", 0, helms.start()) + 1 if helms else 0
    if path.suffix == ".json" or (path == STDIN and raw.lstrip()[:1] in {b"{", b"["}):
        text = raw.decode("utf-8-sig")
        del raw  # both at once may be five times the file
        data = plain_json(text, bounds)
        # A state holds the values of charts, which may be templates themselves.
        if helms and isinstance(data, dict) and "apiVersion" in data:
            raise _template(line)
        yield data
        return
    if helms:
        raise _template(line)
    try:
        yield from yaml_documents(raw, bounds)
    except DamageError as damage:
        broken = _LINE.match(str(damage))
        lines = raw.split(b"\n") if broken else []
        for number in range(max(0, int(broken[1]) - 1 - _NEAR), int(broken[1])) if broken else ():
            if number < len(lines) and _MARK.search(lines[number]):
                raise _template(number + 1) from None
        raise


def _template(line: int) -> DamageError:
    return DamageError(
        f"line {line}: an unrendered template; render it first (helm template) and judge the result"
    )


def _read(path: Path, bounds: Bounds) -> bytes:
    if path == STDIN:
        raw = sys.stdin.buffer.read(LARGEST_FILE + 1)
        bounds.take_file(len(raw))
        return raw
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
