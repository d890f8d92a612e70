"""Whether what was merged of releases still stands: records keep their values, events stay as they were said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facts.strict_yaml import YamlProblem, load
from gate.core import git
from gate.core.errors import GateError

FOLDERS = ("releases/evaluations", "releases/models", "examples/releases/models")


def bases(root: Path, reference: str) -> list[str]:
    """The commits whose records and events must stand: where the checkout left ``reference``.

    A checkout that has nothing of its own, as the branch itself after a merge or a push, would be compared with itself.
    So the commit before counts too: what the last change did to the branch is seen there.

    In a shallow clone there may be none: the command says what it compared with.

    Raises:
        GateError: they cannot be told.
    """
    base = git.base_commit(root, reference)
    before = git.commit_before(root, base) if base == git.head(root) else None
    return [base] if before is None else [base, before]


def broken_promises(root: Path, reference: str) -> list[str]:
    """One line for each record or event of the bases that is gone or says something else, sorted by file.

    Comments and layout may change; values may not. What the bases do not have yet may still be written.

    Raises:
        GateError: the bases cannot be told, or a file of them or of the checkout cannot be read.
    """
    found = {
        problem
        for base in bases(root, reference)
        for file in git.files_at(root, base, FOLDERS)
        for problem in _problems(root, base, file)
    }
    return sorted(found)


def _problems(root: Path, base: str, file: str) -> Iterator[str]:
    is_event = "/events/" in file
    path = root / file
    if not path.is_file():
        yield f"{file}: is gone; {'events are only ever appended' if is_event else 'a record stays for good'}"
        return
    before, after = git.bytes_at(root, base, file), path.read_bytes()
    if before == after:
        return
    if not file.endswith(".yaml"):  # a signature, or data that a figure was measured on
        yield f"{file}: differs from what was merged; write a new version"
        return
    for place in _differences(_values(before, f"{file} at {base[:7]}"), _values(after, file), ""):
        way_out = "append another event" if is_event else "write a new version"
        yield f"{file}: {place or 'its content'} differs from what was merged; {way_out}"


def _values(content: bytes, name: str) -> Any:
    try:
        return load(content.decode("utf-8"), name)
    except YamlProblem as problem:
        raise GateError("releases cannot be compared with their base:", [str(problem)]) from None
    except UnicodeDecodeError:
        raise GateError("releases cannot be compared with their base:", [f"{name}: is not UTF-8"]) from None


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
