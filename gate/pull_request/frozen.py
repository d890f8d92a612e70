"""Whether what was merged of releases still stands: records keep their values, events stay as they were said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from facts.strict_yaml import YamlProblem, load
from gate.core import git
from gate.core.errors import GateError
from releases.checks import EXAMPLE_ACCOUNT, is_nobody
from stacks.adoption import said_in
from stacks.load import stack_names

FOLDERS = (
    "releases/agents",
    "releases/evaluations",
    "releases/models",
    "examples/releases/agents",
    "examples/releases/models",
)
LIVING = frozenset({"releases/agents/approvers.yaml", "examples/releases/agents/approvers.yaml"})
"""What says who people are today."""


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
    may_clear = not _is_example(root)
    found = {
        problem
        for base in bases(root, reference)
        for file in git.files_at(root, base, FOLDERS)
        if file not in LIVING
        for problem in _problems(root, base, file)
        if not (may_clear and not (root / file).exists() and _is_of_nobody(root, base, file))
    }
    return sorted(found)


def _is_example(root: Path) -> bool:
    """Whether a stack of the checkout stands in the account of documentation, the example organisation's."""
    files = [root / "stacks" / f"Pulumi.{name}.yaml" for name in stack_names(root / "stacks")]
    said = [said_in(file.read_text(encoding="utf-8")) for file in files]
    return not said or any(each is None or each.account == EXAMPLE_ACCOUNT for each in said)


def _is_of_nobody(root: Path, base: str, file: str) -> bool:
    """Whether a fork may clear it, as ``slipway init`` does: an example's file, or what nobody decided."""
    file = file.removesuffix(".sig")  # of an event
    is_event = "/events/" in file
    said = _values(git.bytes_at(root, base, file), file) if is_event else {}
    if isinstance(said, dict) and is_nobody(str(said.get("who", ""))):
        return True
    beside = file.partition("/events/")[0] if is_event else file.rpartition("/")[0]
    if f"{beside}/release.yaml" not in git.files_at(root, base, FOLDERS):
        return False
    record = _values(git.bytes_at(root, base, f"{beside}/release.yaml"), beside)
    return isinstance(record, dict) and _is_of_the_example(record, is_event=is_event)


def _is_of_the_example(record: dict[str, Any], *, is_event: bool) -> bool:
    """An illustrative record, or one whose figures people of the example organisation measured."""
    figures = [figure.get("by", "") for figure in record.get("evaluations") or () if isinstance(figure, dict)]
    is_theirs = not is_event and any(is_nobody(str(by)) for by in figures)
    return is_theirs or record.get("provenance") == "illustrative"


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
