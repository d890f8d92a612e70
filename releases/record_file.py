"""Files of records and events, whatever they are of: read, validated and digested, problems in the files' words."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from facts.explain import explain, placeholders
from facts.strict import Strict
from facts.strict_yaml import YamlProblem, load
from releases.event_signature import signature_faults
from releases.events import KINDS, AnyEvent, Appended

_Model = TypeVar("_Model", bound=Strict)


class ReleaseError(ValueError):
    """Records or events are wrong; ``problems`` holds one line each, beginning with the file's name."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"releases have {count}:", *(f"  {problem}" for problem in problems)]))


def record_digest(data: Any) -> str:
    """The digest of a record's content: comments and layout may change, values may not."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def load_events(
    folder: Path, name: str, keys: Mapping[str, bytes], problems: list[str]
) -> Iterator[Appended]:
    """The events of a record whose folder messages call ``name``; what is wrong is added to ``problems``."""
    if not folder.is_dir():
        if folder.exists() or folder.is_symlink():  # a revocation must not be lost to a folder that is none
            problems.append(f"{name}/events: should be a folder")
        return
    for path in sorted(folder.iterdir()):
        file = f"{name}/events/{path.name}"
        if path.name.endswith(".yaml.sig"):
            if not path.with_suffix("").is_file():
                problems.append(f"{file}: there is no event that it signs")
            continue
        if path.suffix != ".yaml":
            problems.append(f"{file}: unknown file; an event stands in <date>-<kind>.yaml")
            continue
        data, said = read_mapping(path, file)
        event = None if data is None else _event(data, file, said)
        if event is not None:
            said.extend(f"{file}: {fault}" for fault in signature_faults(data, keys))
            yield Appended(event, path.name)
        problems.extend(said)


def read_mapping(path: Path, file: str) -> tuple[Any, list[str]]:
    """The mapping in a file, and what is wrong with the file itself."""
    try:
        data = load(path.read_text(encoding="utf-8"), file)
    except YamlProblem as problem:
        return None, [str(problem)]
    except (OSError, UnicodeDecodeError) as error:
        return None, [f"{file}: cannot be read: {error.__class__.__name__}"]
    if not isinstance(data, dict):
        return None, [f"{file}: should hold a mapping"]
    return data, [f"{file}: {line}" for line in placeholders(data)]


def validated(model: type[_Model], data: Any, file: str, said: list[str]) -> _Model | None:
    """The record, unless the file or its content is wrong; what is wrong is added."""
    if data is None:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # What still holds a placeholder was named already; that it is no number, too, helps nobody.
        open_ones = {line.partition(": ")[0] for line in placeholders(data)}
        said.extend(
            f"{file}: {line}"
            for lines in explain(error, model)
            for line in lines.split("\n")
            if line.partition(": ")[0] not in open_ones
        )
        return None


def _event(data: Any, file: str, said: list[str]) -> AnyEvent | None:
    kind = data.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        said.append(f"{file}: kind: should be one of {', '.join(sorted(KINDS))} (got {kind!r})")
        return None
    return validated(model, data, file, said)
