"""What an agent promises whoever gives it tasks, in the words of a model's objectives."""

from typing import Annotated, Final, Literal

from pydantic import Field

from facts.strict import Strict

GOOD: Final = ("done",)
BAD: Final = ("stopped", "failed", "stuck")
"""Ends that spend the budget. A no of people or of policy (``refused``, ``ended``) is no failure: it counts nowhere."""


class AgentObjective(Strict):
    """The fraction of tasks that are done, of those that nobody refused."""

    indicator: Literal["task-success"]
    target: Annotated[float, Field(ge=0.5, lt=1)] = Field(
        description="The fraction of tasks that are done: 0.9. Nothing can promise 1."
    )

    @property
    def name(self) -> str:
        """What its series and alerts are keyed by."""
        return self.indicator

    @property
    def words(self) -> str:
        """The promise as people say it."""
        return f"{100 * self.target:.9g}% of tasks are done"


class AgentObjectives(Strict):
    """What an agent promises over a rolling window; alerts and the error budget are made of it."""

    window_days: Literal[7, 14, 28, 30, 90] = Field(
        default=28, description="Days over which the error budget is counted."
    )
    objectives: list[AgentObjective] = Field(min_length=1, max_length=1)
