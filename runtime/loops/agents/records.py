"""Records of agents as workers read them: anew once a file is another, so that a revocation counts at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from releases.agent import Agent
from releases.agent_load import Agents, find_agent, load_agents, load_approvers
from releases.load import load_releases
from releases.record_file import ReleaseError


@dataclass(frozen=True, kw_only=True)
class Known:
    """An agent as it stands: its record, the state in one word, and who is in which group."""

    agent: Agent
    record: str
    word: str
    approvers: Mapping[str, list[str]]


class AgentsPort(Protocol):
    """Where agents' records are read."""

    def known(self, agent: str, version: str, today: date) -> Known:
        """One version.

        Raises:
            LookupError: there is none, or what is there is wrong.
        """
        ...


@dataclass(frozen=True)
class FolderAgents:
    """The records of a checkout: ``releases/agents`` beside ``releases/models``."""

    releases: Path
    _read: dict[str, tuple[tuple[Any, ...], Agents]] = field(default_factory=dict, repr=False, compare=False)

    def known(self, agent: str, version: str, today: date) -> Known:
        folder = self.releases / "agents"
        try:
            loaded = find_agent(self._agents(folder), agent, version)
        except ReleaseError as error:
            raise LookupError(str(error)) from None
        return Known(
            agent=loaded.agent,
            record=loaded.record_digest,
            word=loaded.state.word(today),
            approvers=load_approvers(folder, []),
        )

    def _agents(self, folder: Path) -> Agents:
        """All agents as the files say now; they are read again once one of them is another."""
        stamp = tuple(
            (path, status.st_mtime_ns, status.st_size)
            for path in sorted(self.releases.rglob("*"))
            if (status := path.stat())
        )
        kept = self._read.get("agents")
        if kept is None or kept[0] != stamp:
            kept = (stamp, load_agents(load_releases(self.releases / "models"), folder))
            self._read["agents"] = kept
        return kept[1]
