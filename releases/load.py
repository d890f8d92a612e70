"""Reading the committed releases: every problem of every file at once, in the file's words."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from facts.explain import did_you_mean, explain, placeholders
from facts.strict import Strict
from facts.strict_yaml import YamlProblem, load
from releases.contradictions import contradictions, successor_problems
from releases.evaluation import Evaluation
from releases.events import KINDS, AnyEvent, Appended
from releases.fallbacks import fallback_problems
from releases.release import Release
from releases.signature import BUNDLE, PUBLIC_KEY, signature_problems
from releases.state import ReleaseState, fold

FOLDER: Final = Path(__file__).parent / "models"
_PREFIX: Final = "releases/models"
_Model = TypeVar("_Model", bound=Strict)
_FOLDER_NAME: Final = re.compile(r"^[a-z][a-z0-9-]{0,30}$")


class ReleaseError(ValueError):
    """Records or events are wrong; ``problems`` holds one line each, beginning with the file's name."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"releases have {count}:", *(f"  {problem}" for problem in problems)]))


@dataclass(frozen=True)
class LoadedRelease:
    """A record, its digest and what happened to it since."""

    release: Release
    record_digest: str
    appended: tuple[Appended, ...] = ()

    @property
    def events(self) -> tuple[AnyEvent, ...]:
        """In the order in which they were said."""
        return tuple(appended.event for appended in self.appended)

    @property
    def file(self) -> str:
        """The record's file, as messages name it."""
        return f"{_PREFIX}/{self.release.model}/{self.release.version}/release.yaml"

    @property
    def events_folder(self) -> str:
        """The folder of its events, as messages name it."""
        return self.file.replace("release.yaml", "events")

    @cached_property
    def state(self) -> ReleaseState:
        """What is true of it now."""
        return fold(self.record_digest, self.appended, self.release.evaluations)

    def where(self, said: AnyEvent | Evaluation) -> str:
        """The file that says so, and the place in it where a record's own figure stands."""
        for index, born in enumerate(self.release.evaluations):
            if born is said:
                return f"{self.file}: evaluations.{index}"
        for appended in self.appended:
            if said is appended.event:
                return f"{self.events_folder}/{appended.name}"
            if said is getattr(appended.event, "evaluation", None):
                return f"{self.events_folder}/{appended.name}: evaluation"
        return self.events_folder


def record_digest(data: Any) -> str:
    """The digest of a record's content: comments and layout may change, values may not."""
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def load_releases(folder: Path = FOLDER) -> Mapping[str, Mapping[str, LoadedRelease]]:
    """All releases, by model and version.

    Raises:
        ReleaseError: any file is wrong, misnamed, missing or in a place where nobody would read it.
    """
    problems: list[str] = []
    found: dict[str, dict[str, LoadedRelease]] = {}
    for version in _version_folders(folder, problems):
        loaded = _load_version(version, f"{_PREFIX}/{version.parent.name}/{version.name}", problems)
        if loaded is not None:
            found.setdefault(version.parent.name, {})[version.name] = loaded
    if not problems:  # a record that is missing because it is wrong is no missing record
        for each in (loaded for versions in found.values() for loaded in versions.values()):
            said = successor_problems(each.appended, each.release.version, found[each.release.model])
            problems.extend(f"{each.events_folder}/{problem}" for problem in said)
        problems.extend(fallback_problems({m: [v.release for v in vs.values()] for m, vs in found.items()}))
    if problems:
        raise ReleaseError(problems)
    return found


def load_record(folder: Path) -> tuple[Release, str]:
    """The record in a version's folder and its digest, whatever its events say.

    Raises:
        ReleaseError: it is missing or wrong.
    """
    file = f"{_PREFIX}/{folder.parent.name}/{folder.name}/release.yaml"
    if not (folder / "release.yaml").is_file():
        raise ReleaseError([f"{file}: is missing; slipway release new drafts one"])
    data, said = _read(folder / "release.yaml", file)
    release = _validate(Release, data, file, said)
    if release is None or said:
        raise ReleaseError(said)
    return release, record_digest(data)


def find(releases: Mapping[str, Mapping[str, LoadedRelease]], model: str, version: str) -> LoadedRelease:
    """One release.

    Raises:
        ReleaseError: there is no such model or version; the message says which there are.
    """
    for wanted, there, what in ((model, releases, "model"), (version, releases.get(model, {}), "version")):
        if wanted not in there:
            hint = did_you_mean(wanted, sorted(there), few="there are")
            of = f" of {model}" if what == "version" else ""
            raise ReleaseError([f"{_PREFIX}: no {what} {wanted!r}{of}{f'; {hint}' if hint else ''}"])
    return releases[model][version]


def _version_folders(folder: Path, problems: list[str]) -> Iterator[Path]:
    if not folder.is_dir():
        problems.append(f"{_PREFIX}: there is no such folder")
        return
    for model in sorted(folder.iterdir()):
        if not model.is_dir() or not _FOLDER_NAME.match(model.name):
            problems.append(f"{_PREFIX}/{model.name}: should be a folder named after a model")
            continue
        versions = sorted(model.iterdir())
        if not versions:
            problems.append(f"{_PREFIX}/{model.name}: holds no version")
        for version in versions:
            if version.is_dir():
                yield version
            else:
                problems.append(
                    f"{_PREFIX}/{model.name}/{version.name}: should be a folder named after a version"
                )


def _load_version(folder: Path, name: str, problems: list[str]) -> LoadedRelease | None:
    problems.extend(
        f"{name}/{stray.name}: unknown file; {hint}"
        for stray in sorted(folder.iterdir())
        if stray.name not in {"release.yaml", "events", BUNDLE, PUBLIC_KEY}
        and (hint := did_you_mean(stray.name, ["events", "release.yaml"]))
    )
    path = folder / "release.yaml"
    if not path.is_file():
        problems.append(f"{name}/release.yaml: is missing")
        return None
    data, said = _read(path, f"{name}/release.yaml")
    release = _validate(Release, data, f"{name}/release.yaml", said)
    problems.extend(said)
    if release is not None:
        problems.extend(f"{name}/{problem}" for problem in signature_problems(release.artifact, folder))
    digest = record_digest(data) if release is not None else ""
    events = sorted(_load_events(folder / "events", name, problems), key=lambda appended: appended.order)
    problems.extend(f"{name}/events/{said}" for said in contradictions(events, digest, release))
    if release is None:
        return None
    for field, got, wanted in (
        ("model", release.model, folder.parent.name),
        ("version", release.version, folder.name),
    ):
        if got != wanted:
            problems.append(
                f"{name}/release.yaml: {field}: should be {wanted!r}, as its folder (got {got!r})"
            )
    return LoadedRelease(release, digest, tuple(events))


def _load_events(folder: Path, name: str, problems: list[str]) -> Iterator[Appended]:
    if not folder.is_dir():
        if folder.exists() or folder.is_symlink():  # a revocation must not be lost to a folder that is none
            problems.append(f"{name}/events: should be a folder")
        return
    for path in sorted(folder.iterdir()):
        file = f"{name}/events/{path.name}"
        if path.suffix != ".yaml":
            problems.append(f"{file}: unknown file; an event stands in <date>-<kind>.yaml")
            continue
        data, said = _read(path, file)
        event = None if data is None else _event(data, file, said)
        if event is not None:
            yield Appended(event, path.name)
        problems.extend(said)


def _event(data: Any, file: str, said: list[str]) -> AnyEvent | None:
    kind = data.get("kind")
    model = KINDS.get(kind) if isinstance(kind, str) else None
    if model is None:
        said.append(f"{file}: kind: should be one of {', '.join(sorted(KINDS))} (got {kind!r})")
        return None
    return _validate(model, data, file, said)


def _read(path: Path, file: str) -> tuple[Any, list[str]]:
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


def _validate(model: type[_Model], data: Any, file: str, said: list[str]) -> _Model | None:
    """The record, unless the file or its content is wrong; what is wrong is added."""
    if data is None:
        return None
    try:
        return model.model_validate(data)
    except ValidationError as error:
        # What still holds a placeholder was named already; that it is no number, too, helps nobody.
        open_ones = {line.partition(": ")[0] for line in placeholders(data)}
        said.extend(
            f"{file}: {line}" for line in explain(error, model) if line.partition(": ")[0] not in open_ones
        )
        return None
