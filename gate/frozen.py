"""Whether what was merged of releases still stands: records keep their values, events stay as they were said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facts.strict_yaml import YamlProblem, load
from gate import git
from gate.errors import GateError

FOLDERS = ("releases/evaluations", "releases/models", "examples/releases/models")


def broken_promises(root: Path, reference: str) -> list[str]:
    """One line for each record or event of the base that is gone or says something else, sorted by file.

    Comments and layout may change; values may not. What the base does not have yet may still be written.

    Raises:
        GateError: the base cannot be told, or a file of it or of the checkout cannot be read.
    """
    base = git.base_commit(root, reference)
    return sorted(
        problem for file in git.files_at(root, base, FOLDERS) for problem in _problems(root, base, file)
    )


def _problems(root: Path, base: str, file: str) -> Iterator[str]:
    is_event = "/events/" in file
    path = root / file
    if not path.is_file():
        yield f"{file}: is gone; {'events are only ever appended' if is_event else 'a record stays for good'}"
        return
    before = git.text_at(root, base, file)
    try:
        after = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise GateError("releases cannot be compared with their base:", [f"{file}: is not UTF-8"]) from None
    if not file.endswith(".yaml"):  # a signature, or data that a figure was measured on
        if before != after:
            yield f"{file}: differs from what was merged; write a new version"
        return
    before, after = _values(before, f"{file} at {base[:7]}"), _values(after, file)
    for place in _differences(before, after, ""):
        way_out = "append another event" if is_event else "write a new version"
        yield f"{file}: {place or 'its content'} differs from what was merged; {way_out}"


def _values(text: str, name: str) -> Any:
    try:
        return load(text, name)
    except YamlProblem as problem:
        raise GateError("releases cannot be compared with their base:", [str(problem)]) from None


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    """Paths of values that differ, were added or were taken away."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(k for k in after if k not in before)]:
            below = f"{path}.{key}" if path else str(key)
            if key in before and key in after:
                yield from _differences(before[key], after[key], below)
            else:
                yield below
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        if any(any(_differences(old, new, path or ".")) for old, new in zip(before, after, strict=True)):
            yield path
    elif before != after or type(before) is not type(after):
        yield path
