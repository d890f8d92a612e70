"""Messages that name a file and a path in it get the line, as compilers write it: ``file:line: path: what``."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from facts.yaml_places import line_of

_FILE: Final = re.compile(
    r"(?P<file>\b(?:bootstrap/|examples/)?(?:stacks/Pulumi\.[a-z0-9-]+|releases/models/[a-z0-9-]+/v\d+/[\w./-]+?)"
    r"\.yaml): (?P<path>[\w.\[\]/:-]+?)(?=: )"
)
_BELOW: Final = {
    "stacks/": ("config", "slipway:settings"),
    "bootstrap/": ("config", "slipway-bootstrap:settings"),
}


def clickable(root: Path, lines: Iterable[str]) -> list[str]:
    """The same messages, with a line for each file and path that is found in a folder."""
    texts: dict[str, str] = {}

    def with_line(match: re.Match[str]) -> str:
        file, path = match["file"], match["path"]
        if file not in texts:
            texts[file] = _text(root / file)
        line = _line(texts[file], file, path)
        return f"{file}:{line}: {path}" if line else match[0]

    return [_FILE.sub(with_line, line) for line in lines]


def _line(text: str, file: str, path: str) -> int:
    if path.startswith(("config.", "environment")):
        return line_of(text, path)
    below = next((keys for begin, keys in _BELOW.items() if file.startswith(begin)), ())
    return line_of(text, path, below)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
