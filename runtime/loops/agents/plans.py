"""A plan is data: steps with tool, arguments, what is expected, and what must be true before."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from facts.explain import explain
from facts.strict import Strict
from releases.agent import Agent
from releases.agent_schema import faults
from releases.agent_tool import Read, Reversible
from releases.text import Text
from runtime.loops.agents.contract import StepShown
from runtime.loops.agents.store import digest_of

MOST_STEPS: Final = 20


class Holds(Strict):
    """A field of an answer has this value."""

    field: str = Field(pattern=r"^[a-z][a-zA-Z0-9_]{0,40}$")
    equals: str | int | bool


class Before(Holds):
    """As :class:`Holds`, of the answer of an earlier step of the same plan."""

    step: int = Field(ge=0)


class PlanStep(Strict):
    """One call of a tool."""

    tool: str
    arguments: Mapping[str, Any]
    expected: Annotated[Text, Field(max_length=400)] = Field(
        description="What will be true afterwards, in words."
    )
    then: Holds | None = Field(default=None, description="The same as a field of the answer.")
    before: Before | None = Field(default=None, description="What must be true, or the step is not taken.")


class Plan(Strict):
    """What will be done in one round, in order."""

    steps: list[PlanStep] = Field(min_length=1, max_length=MOST_STEPS)


def plan_problems(data: Any, agent: Agent, *, read_only: bool) -> Iterator[str]:
    """Why this is no plan of this agent; nothing where it is one."""
    try:
        plan = Plan.model_validate(data)
    except ValidationError as error:
        yield from explain(error, Plan)
        return
    for index, step in enumerate(plan.steps):
        path = f"steps.{index}"
        tool = agent.tools.get(step.tool)
        if tool is None:
            yield f"{path}.tool: should be one of {', '.join(agent.tools)} (got {step.tool!r})"
            continue
        yield from (f"{path}.arguments.{said}" for said in faults(tool.arguments, step.arguments))
        if read_only and not isinstance(tool.effect, Read):
            yield f"{path}.tool: the run only reads now (got {step.tool!r})"
        if step.then is not None and step.then.field not in tool.answer.properties:
            yield f"{path}.then.field: should be one of {', '.join(tool.answer.properties)} (got {step.then.field!r})"
        if step.before is not None and step.before.step >= index:
            yield f"{path}.before.step: should be an earlier step (got {step.before.step})"


def shown(plan: Plan, agent: Agent) -> tuple[StepShown, ...]:
    """The steps as history has them."""
    return tuple(
        StepShown(
            tool=step.tool,
            effect=agent.tools[step.tool].effect.kind,
            arguments=digest_of(dict(step.arguments)),
            timeout_seconds=_seconds(agent, step.tool),
            approval_minutes=_minutes(agent, step.tool),
        )
        for step in plan.steps
    )


def _minutes(agent: Agent, tool: str) -> int:
    """As its approval says; a step that is asked about for another reason waits as long as any."""
    asked = agent.approval_of(tool)
    longest = max((each.within_minutes for each in agent.approvals), default=agent.budgets.wall_minutes)
    return asked.within_minutes if asked is not None else longest


def _seconds(agent: Agent, tool: str) -> int:
    effect = agent.tools[tool].effect
    undo = agent.tools[effect.compensation.tool].timeout_seconds if isinstance(effect, Reversible) else 0
    return max(agent.tools[tool].timeout_seconds, undo)
