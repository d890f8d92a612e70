"""The files that a worker of an agent reads, by their paths below ``releases``: records, events, people and keys."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from releases.agent_load import APPROVERS
from releases.event_signature import KEYS
from releases.people import FILE as PEOPLE

DOORS: Final = "people"
"""The folder with the public keys of people and doors that answer runs."""


def agent_files(releases: Path, agent: str, models: Iterable[str]) -> Mapping[str, str]:
    """Every version of an agent and of some models, with who may decide about them.

    All versions, since an event may name a successor, and a range of models holds more than the one that is served.
    """
    return {
        path.relative_to(releases).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(_paths(releases, agent, models))
        if path.is_file()
    }


def _paths(releases: Path, agent: str, models: Iterable[str]) -> Iterator[Path]:
    yield releases / "agents" / APPROVERS
    yield releases / PEOPLE
    for folder in (
        releases / "agents" / agent,
        releases / KEYS,
        releases / DOORS,
        *(releases / "models" / m for m in models),
    ):
        yield from folder.rglob("*")
