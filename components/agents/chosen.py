"""An agent that a stack runs: what it chose, the record, and the files that the workers read."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.agents.agent_settings import AgentSettings
from releases.agent import Agent
from releases.agent_load import LoadedAgent


@dataclass(frozen=True, kw_only=True)
class ChosenAgent:
    """One agent of a stack. ``files`` are records and events by their paths below ``releases``."""

    settings: AgentSettings
    loaded: LoadedAgent
    files: Mapping[str, str]

    @property
    def agent(self) -> Agent:
        return self.loaded.agent
