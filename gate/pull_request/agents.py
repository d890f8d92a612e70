"""What agents may do after a change that they might not before, in words."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from facts.strict_yaml import YamlProblem, load
from gate.core import git
from releases.agent import Agent
from releases.agent_words import may
from releases.text import number

FOLDER: Final = "releases/agents"
_RECORD: Final = re.compile(
    r"^releases/agents/(?P<agent>[a-z][a-z0-9-]{0,30})/(?P<version>v[1-9][0-9]{0,3})/agent\.yaml$"
)


def agent_notes(root: Path, commit: str) -> list[str]:
    """A line for each thing that a new version of an agent may do and the one before it might not, or the other way.

    A record that is wrong is told by the preview itself: it says nothing here.
    """
    said: list[str] = []
    for file in sorted(git.changed_files(root, commit)):
        found = _RECORD.match(file)
        after = _lines((root / file).read_bytes()) if found and (root / file).is_file() else None
        if found is None or after is None:
            continue
        before = _before(root, commit, found["agent"], found["version"])
        name = f"Agent {found['agent']}/{found['version']}"
        said += [f"{name} may now {line}." for line in after if line not in before]
        said += [f"{name} may no longer {line}." for line in before if line not in after]
    return said


def _before(root: Path, commit: str, agent: str, version: str) -> list[str]:
    """What the newest earlier version of the base may do; nothing for an agent that is new."""
    earlier = {
        number(found["version"]): file
        for file in git.files_at(root, commit, [FOLDER])
        if (found := _RECORD.match(file))
        and found["agent"] == agent
        and number(found["version"]) <= number(version)
    }
    if not earlier:
        return []
    return _lines(git.bytes_at(root, commit, earlier[max(earlier)])) or []


def _lines(content: bytes) -> list[str] | None:
    try:
        return list(_may(content))
    except (YamlProblem, UnicodeDecodeError, ValidationError):
        return None


def _may(content: bytes) -> Iterator[str]:
    yield from may(Agent.model_validate(load(content.decode("utf-8"), "agent.yaml")))
