"""Reading the committed releases: every problem of every file at once, in the file's words."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from facts.explain import did_you_mean
from releases.commits import Commits
from releases.contradictions import contradictions, successor_problems
from releases.event_signature import KEYS, load_keys
from releases.events import Appended
from releases.fallbacks import fallback_problems
from releases.loaded import LoadedRecord
from releases.people import People, load_people, signed_events
from releases.record_file import ReleaseError, load_events, read_mapping, record_digest, validated
from releases.release import Release
from releases.signature import BUNDLE, PUBLIC_KEY, signature_problems

__all__ = [
    "FOLDER",
    "LoadedRelease",
    "ReleaseError",
    "find",
    "load_record",
    "load_releases",
    "load_version",
    "record_digest",
]

FOLDER: Final = Path(__file__).parent / "models"
_PREFIX: Final = "releases/models"
_FOLDER_NAME: Final = re.compile(r"^[a-z][a-z0-9-]{0,30}$")


@dataclass(frozen=True)
class _Trusted:
    """Whose word counts: keys of workflows, and people."""

    keys: Mapping[str, bytes]
    people: People | None
    commits: Commits


@dataclass(frozen=True, init=False)
class LoadedRelease(LoadedRecord):
    """A model's record, its digest and what happened to it since."""

    release: Release
    signed: frozenset[str] = field(compare=False)
    """The files of events that carry the signature of whoever says them."""
    people: People | None = field(compare=False)
    """Who may decide; None where nobody wrote it down."""
    commits: Commits | None = field(compare=False)
    """Who signed the commits that added the others."""

    def __init__(
        self,
        release: Release,
        record_digest: str,
        appended: tuple[Appended, ...] = (),
        signed: frozenset[str] = frozenset(),
        people: People | None = None,
        *,
        commits: Commits | None = None,
    ) -> None:
        super().__init__(record_digest, appended)
        of_trust = (("signed", signed), ("people", people), ("commits", commits))
        for name, value in (("release", release), *of_trust):
            object.__setattr__(self, name, value)

    @property
    def file(self) -> str:
        return f"{_PREFIX}/{self.release.model}/{self.release.version}/release.yaml"

    @property
    def record(self) -> Release:
        return self.release


def load_releases(
    folder: Path = FOLDER, wanted: Mapping[str, Collection[str]] | None = None
) -> Mapping[str, Mapping[str, LoadedRelease]]:
    """All releases, by model and version.

    Args:
        folder: holds a folder a model.
        wanted: the versions that somebody needs, by model. What is wrong with another one, such as a draft that still
            holds placeholders, is then nobody's problem: it is left out. Everything counts where nothing is said.

    Raises:
        ReleaseError: any file is wrong, misnamed, missing or in a place where nobody would read it.
    """
    problems: list[str] = []
    found: dict[str, dict[str, LoadedRelease]] = {}
    there: dict[str, set[str]] = {}
    trusted = _trusted(folder)
    for version in _version_folders(folder, problems):
        model, said = version.parent.name, list[str]()
        there.setdefault(model, set()).add(version.name)
        loaded = _load_version(version, f"{_PREFIX}/{model}/{version.name}", trusted, said)
        is_wanted = wanted is None or version.name in wanted.get(model, ())
        problems.extend(said if is_wanted else ())
        if loaded is not None and (is_wanted or not said):
            found.setdefault(model, {})[version.name] = loaded
    if not problems:  # a record that is missing because it is wrong is no missing record
        problems.extend(_across(found, there, wanted))
    if problems:
        raise ReleaseError(problems)
    return found


def _across(
    found: Mapping[str, Mapping[str, LoadedRelease]],
    there: Mapping[str, Collection[str]],
    wanted: Mapping[str, Collection[str]] | None,
) -> Iterator[str]:
    """What releases say of each other: a successor is there, and so is whatever stands in for another."""
    for each in (loaded for versions in found.values() for loaded in versions.values()):
        said = successor_problems(each.appended, each.release.version, there[each.release.model])
        yield from (f"{each.events_folder}/{problem}" for problem in said)
    of_models = {model: [each.release for each in found.get(model, {}).values()] for model in there}
    for problem in fallback_problems(of_models):
        model, _, version = problem.removeprefix(f"{_PREFIX}/").partition("/")
        if wanted is None or version.partition("/")[0] in wanted.get(model, ()):
            yield problem


def _trusted(folder: Path) -> _Trusted:
    try:
        keys = load_keys(folder.parent / KEYS)
    except (OSError, ValueError) as error:
        raise ReleaseError([f"releases/{error}"]) from None
    people = load_people(folder.parent)
    return _Trusted(keys, people, Commits(folder.parent, people))


def load_record(folder: Path) -> tuple[Release, str]:
    """The record in a version's folder and its digest, whatever its events say.

    Raises:
        ReleaseError: it is missing or wrong.
    """
    file = f"{_PREFIX}/{folder.parent.name}/{folder.name}/release.yaml"
    if not (folder / "release.yaml").is_file():
        raise ReleaseError([f"{file}: is missing; slipway release new drafts one"])
    data, said = read_mapping(folder / "release.yaml", file)
    release = validated(Release, data, file, said)
    if release is None or said:
        raise ReleaseError(said)
    return release, record_digest(data)


def load_version(folder: Path) -> LoadedRelease:
    """One version from its folder, without what the others say of it.

    Raises:
        ReleaseError: its record or an event is wrong, or it is missing.
    """
    load_record(folder)
    problems: list[str] = []
    name = f"{_PREFIX}/{folder.parent.name}/{folder.name}"
    loaded = _load_version(folder, name, _trusted(folder.parents[1]), problems)
    if problems or loaded is None:
        raise ReleaseError(problems)
    return loaded


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


def _load_version(folder: Path, name: str, trusted: _Trusted, problems: list[str]) -> LoadedRelease | None:
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
    data, said = read_mapping(path, f"{name}/release.yaml")
    release = validated(Release, data, f"{name}/release.yaml", said)
    problems.extend(said)
    if release is not None:
        problems.extend(f"{name}/{problem}" for problem in signature_problems(release.artifact, folder))
    digest = record_digest(data) if release is not None else ""
    found = load_events(folder / "events", name, trusted.keys, problems)
    events = sorted(found, key=lambda appended: appended.order)
    people_named = {appended.name: appended.event.who for appended in events}
    signed = signed_events(folder / "events", f"{name}/events", people_named, trusted.people, problems)
    trusted.commits.expect(name, events, signed)
    problems.extend(f"{name}/events/{said}" for said in contradictions(events, digest, release))
    if release is None:
        return None
    for part, got, wanted in (
        ("model", release.model, folder.parent.name),
        ("version", release.version, folder.name),
    ):
        if got != wanted:
            problems.append(f"{name}/release.yaml: {part}: should be {wanted!r}, as its folder (got {got!r})")
    return LoadedRelease(release, digest, tuple(events), signed, trusted.people, commits=trusted.commits)
