"""What agents may and must do after a change, and might or had not before, and what was measured, in words."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from facts.strict_yaml import YamlProblem, load
from gate.core import git
from releases.agent import Agent
from releases.agent_words import may, must
from releases.events import EvaluationEvent
from releases.text import number

FOLDER: Final = "releases/agents"
_RECORD: Final = re.compile(
    r"^releases/agents/(?P<agent>[a-z][a-z0-9-]{0,30})/(?P<version>v[1-9][0-9]{0,3})/agent\.yaml$"
)


_FIGURE: Final = re.compile(
    r"^releases/agents/(?P<name>[a-z][a-z0-9-]{0,30}/v[1-9][0-9]{0,3})/events/[^/]*-evaluation(-\d+)?\.yaml$"
)


def agent_notes(root: Path, commit: str) -> list[str]:
    """A line for each thing that a new version of an agent may or must do and the one before it might or had not.

    And one for what was measured since. A record that is wrong is told by the preview itself: it says nothing here.
    """
    said: list[str] = []
    changed = sorted(git.changed_files(root, commit))
    for file in changed:
        found = _RECORD.match(file)
        after = _agent((root / file).read_bytes()) if found and (root / file).is_file() else None
        if found is None or after is None:
            continue
        before = _before(root, commit, found["agent"], found["version"])
        said += _told(f"Agent {found['agent']}/{found['version']}", before, after)
    return [*said, *_measured(root, changed)]


def _told(name: str, before: Agent | None, after: Agent) -> Iterator[str]:
    for words, does in ((may, "may"), (must, "must")):
        now, then = list(words(after)), list(words(before)) if before else []
        yield from (f"{name} {does} now {line}." for line in now if line not in then)
        yield from (f"{name} {does} no longer {line}." for line in then if line not in now)


def _measured(root: Path, changed: Iterable[str]) -> Iterator[str]:
    """A line for each agent and what it thought with, with all figures that the change brings."""
    told: dict[tuple[str, str], list[str]] = {}
    for file in changed:
        found = _FIGURE.match(file)
        event = _event((root / file).read_bytes()) if found and (root / file).is_file() else None
        if found is None or event is None or (used := event.evaluation.measured_with) is None:
            continue
        figure = event.evaluation
        least = "at least" if figure.direction == "higher" else "at most"
        line = f"{figure.metric} {figure.value:g} ({least} {figure.floor:g}{'' if figure.holds else ': does not hold'})"
        told.setdefault((found["name"], used.in_words), []).append(line)
    for (name, model), lines in sorted(told.items()):
        yield f"Agent {name} was measured with {model}: {', '.join(lines)}."


def _before(root: Path, commit: str, agent: str, version: str) -> Agent | None:
    """The newest earlier version of the base; nothing for an agent that is new."""
    earlier = {
        number(found["version"]): file
        for file in git.files_at(root, commit, [FOLDER])
        if (found := _RECORD.match(file))
        and found["agent"] == agent
        and number(found["version"]) <= number(version)
    }
    if not earlier:
        return None
    return _agent(git.bytes_at(root, commit, earlier[max(earlier)]))


def _agent(content: bytes) -> Agent | None:
    try:
        return Agent.model_validate(load(content.decode("utf-8"), "agent.yaml"))
    except (YamlProblem, UnicodeDecodeError, ValidationError):
        return None


def _event(content: bytes) -> EvaluationEvent | None:
    try:
        return EvaluationEvent.model_validate(load(content.decode("utf-8"), "event.yaml"))
    except (YamlProblem, UnicodeDecodeError, ValidationError):
        return None
