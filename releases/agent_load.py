"""Reading the committed agents: as models are read, and held to the models and the people there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from facts.data_classes import DATA_CLASSES
from facts.explain import did_you_mean, explain
from releases.agent import Agent
from releases.agent_limits import Approvers
from releases.commits import Commits
from releases.contradictions import contradictions, successor_problems
from releases.event_signature import KEYS, load_keys
from releases.events import Appended
from releases.load import FOLDER as MODELS
from releases.load import LoadedRelease
from releases.loaded import LoadedRecord
from releases.people import People, load_people, signed_events
from releases.record_file import ReleaseError, load_events, read_mapping, record_digest, validated

FOLDER: Final = MODELS.parent / "agents"
PREFIX: Final = "releases/agents"
APPROVERS: Final = "approvers.yaml"
_THINKING: Final = frozenset({"chat", "text-generation"})
"""Tasks that a model does which an agent can think with."""


@dataclass(frozen=True, init=False)
class LoadedAgent(LoadedRecord):
    """An agent's record, its digest and what happened to it since."""

    agent: Agent
    signed: frozenset[str]
    people: People | None
    commits: Commits | None = field(compare=False)

    def __init__(
        self,
        agent: Agent,
        record_digest: str,
        appended: tuple[Appended, ...] = (),
        signed: frozenset[str] = frozenset(),
        people: People | None = None,
        *,
        commits: Commits | None = None,
    ) -> None:
        """``signed``: names of events that their maker signed; ``people``: who may decide, where there is a list."""
        super().__init__(record_digest, appended)
        of_trust = (("signed", signed), ("people", people), ("commits", commits))
        for name, value in (("agent", agent), *of_trust):
            object.__setattr__(self, name, value)

    @property
    def file(self) -> str:
        return f"{PREFIX}/{self.agent.agent}/{self.agent.version}/agent.yaml"

    @property
    def record(self) -> Agent:
        return self.agent


Agents = Mapping[str, Mapping[str, LoadedAgent]]
Models = Mapping[str, Mapping[str, LoadedRelease]]


def load_agents(models: Models, folder: Path = FOLDER) -> Agents:
    """All agents, by name and version; none where there is no folder.

    Raises:
        ReleaseError: any file is wrong, or an agent names a model or people that are not there.
    """
    if not folder.exists():
        return {}
    problems: list[str] = []
    found: dict[str, dict[str, LoadedAgent]] = {}
    people = load_people(folder.parent)
    commits = Commits(folder.parent, people)
    try:
        keys = load_keys(folder.parent / KEYS)
    except (OSError, ValueError) as error:
        raise ReleaseError([f"releases/{error}"]) from None
    for version in _version_folders(folder, problems):
        loaded = _load_version(version, keys, people, commits, problems)
        if loaded is not None:
            found.setdefault(version.parent.name, {})[version.name] = loaded
    approvers = load_approvers(folder, problems)
    everyone = [loaded for versions in found.values() for loaded in versions.values()]
    for loaded in everyone:
        said = successor_problems(loaded.appended, loaded.agent.version, found.get(loaded.agent.agent, {}))
        problems.extend(f"{loaded.events_folder}/{problem}" for problem in said)
        problems.extend(f"{loaded.file}: {problem}" for problem in _against_others(loaded, models, approvers))
    problems.extend(_queues(everyone))
    if problems:
        raise ReleaseError(problems)
    return found


def load_approvers(folder: Path, problems: list[str]) -> Mapping[str, list[str]]:
    """The groups of people whose yes agents may need."""
    path, file = folder / APPROVERS, f"{PREFIX}/{APPROVERS}"
    if not path.is_file():
        problems.append(f"{file}: is missing; it names the groups that approve, each with its people")
        return {}
    data, said = read_mapping(path, file)
    problems.extend(said)
    if data is None:
        return {}
    try:
        groups: Mapping[str, list[str]] = TypeAdapter(Approvers).validate_python(data, strict=True)
    except ValidationError as error:
        problems.extend(f"{file}: {line}" for line in explain(error))
        return {}
    return groups


def _version_folders(folder: Path, problems: list[str]) -> Iterator[Path]:
    for agent in sorted(folder.iterdir()):
        if agent.name == APPROVERS:
            continue
        if not agent.is_dir():
            problems.append(f"{PREFIX}/{agent.name}: should be a folder named after an agent, or {APPROVERS}")
            continue
        versions = sorted(agent.iterdir())
        if not versions:
            problems.append(f"{PREFIX}/{agent.name}: holds no version")
        for version in versions:
            if version.is_dir():
                yield version
            else:
                problems.append(
                    f"{PREFIX}/{agent.name}/{version.name}: should be a folder named after a version"
                )


def _load_version(
    folder: Path, keys: Mapping[str, bytes], people: People | None, commits: Commits, problems: list[str]
) -> LoadedAgent | None:
    name = f"{PREFIX}/{folder.parent.name}/{folder.name}"
    file = f"{name}/agent.yaml"
    problems.extend(
        f"{name}/{stray.name}: unknown file; {did_you_mean(stray.name, ['agent.yaml', 'events'])}"
        for stray in sorted(folder.iterdir())
        if stray.name not in {"agent.yaml", "events"}
    )
    if not (folder / "agent.yaml").is_file():
        problems.append(f"{file}: is missing")
        return None
    data, said = read_mapping(folder / "agent.yaml", file)
    agent = validated(Agent, data, file, said)
    problems.extend(said)
    digest = record_digest(data) if agent is not None else ""
    events = sorted(load_events(folder / "events", name, keys, problems), key=lambda appended: appended.order)
    speakers = {appended.name: appended.event.who for appended in events}
    signed = signed_events(folder / "events", f"{name}/events", speakers, people, problems)
    commits.expect(name, events, signed)
    problems.extend(f"{name}/events/{line}" for line in contradictions(events, digest, agent))
    if agent is None:
        return None
    for key, got, wanted in (
        ("agent", agent.agent, folder.parent.name),
        ("version", agent.version, folder.name),
    ):
        if got != wanted:
            problems.append(f"{file}: {key}: should be {wanted!r}, as its folder (got {got!r})")
    return LoadedAgent(agent, digest, tuple(events), signed, people, commits=commits)


def _against_others(loaded: LoadedAgent, models: Models, approvers: Mapping[str, Any]) -> Iterator[str]:
    agent = loaded.agent
    for path, group in agent.groups():
        if group not in approvers:
            known = ", ".join(sorted(approvers)) or "none"
            yield f"{path}: no group of {PREFIX}/{APPROVERS}; there are {known} (got {group!r})"
    versions = models.get(agent.model.name)
    if versions is None:
        yield f"model.name: no model {agent.model.name!r}; there are {', '.join(sorted(models)) or 'none'}"
        return
    usable = {v: each for v, each in versions.items() if agent.model.holds(v)}
    if not any(each.state.revocation is None for each in usable.values()):
        there = ", ".join(
            f"{v} (revoked)" if each.state.revocation else v for v, each in sorted(versions.items())
        )
        yield (
            f"model: nobody serves {agent.model.in_words}; there are {there}; widen the range, "
            "or release a version in it"
        )
    for version, each in sorted(usable.items()):
        yield from _against_model(agent, version, each)


def _against_model(agent: Agent, version: str, each: LoadedRelease) -> Iterator[str]:
    """What speaks against thinking with this very version, which the range admits."""
    name, release = f"{agent.model.name}/{version}", each.release
    if release.needs.task not in _THINKING:
        yield (
            f"model.name: {name} does {release.needs.task}; an agent thinks with one that does "
            f"{' or '.join(sorted(_THINKING))} (got {agent.model.name!r})"
        )
    if agent.use not in release.licence.permitted_uses:
        allowed = ", ".join(release.licence.permitted_uses)
        yield (
            f"use: {name} may be used for {allowed} ({release.licence.name}); take a model whose licence "
            f"permits it (got {agent.use!r})"
        )
    if DATA_CLASSES.index(release.data.data_class) < DATA_CLASSES.index(agent.data_class):
        yield (
            f"data_class: {name} may be sent {release.data.data_class} at most; take another model, or tools "
            f"that hold less (got {agent.data_class!r})"
        )


def _queues(agents: list[LoadedAgent]) -> Iterator[str]:
    """An act of one agent on the queue of another would be made with the other's identity."""
    first: dict[str, LoadedAgent] = {}
    for loaded in agents:
        other = first.setdefault(loaded.agent.queue, loaded)
        if other.agent.agent != loaded.agent.agent:
            yield (
                f"{loaded.file}: queue: is that of agent {other.agent.agent}; name another "
                f"(got {loaded.agent.queue!r})"
            )


def find_agent(agents: Agents, name: str, version: str) -> LoadedAgent:
    """One agent.

    Raises:
        ReleaseError: there is no such agent or version; the message says which there are.
    """
    for wanted, there, what in ((name, agents, "agent"), (version, agents.get(name, {}), "version")):
        if wanted not in there:
            hint = did_you_mean(wanted, sorted(there), few="there are")
            raise ReleaseError([f"{PREFIX}: no {what} {wanted!r}{f'; {hint}' if hint else ''}"])
    return agents[name][version]
