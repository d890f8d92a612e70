"""The record of one version of an agent: what it is for, what it thinks with, what it may do, and within what."""

from collections.abc import Iterator, Mapping
from typing import Final, Self

from pydantic import Field, model_validator

from facts.data_classes import DATA_CLASSES
from facts.strict import Slug, Strict
from releases.agent_evaluations import AgentEvaluations
from releases.agent_limits import (
    AgentFailSoft,
    Approval,
    Budgets,
    HandOver,
    Memory,
    ModelRange,
    PreApproval,
    Stop,
)
from releases.agent_objectives import AgentObjectives
from releases.agent_plan import AgentPlan, plan_of
from releases.agent_tool import Irreversible, Tool, tool_problems
from releases.data_policy import DataClass
from releases.evaluation import Agreed
from releases.licence import Use
from releases.text import Text, Version

LOOPS: Final = frozenset({"rollout", "remedy", "evaluation", "drift", "end-of-life"})
"""Queues of the platform's own workflows."""


class Agent(Strict):
    """One version of an agent. Frozen once merged: what happens later is appended as events."""

    agent: Slug
    version: Version
    purpose: Text
    owner: Slug = Field(description="The team that answers for it.")
    use: Use = Field(description="What it is used for: the model's licence must permit it.")
    queue: Slug = Field(description="Of its workers; no other agent has it.")
    model: ModelRange
    data_class: DataClass = Field(description="The most closed class of data that it may hold.")
    tools: Mapping[Slug, Tool] = Field(min_length=1)
    budgets: Budgets
    approvals: list[Approval] = Field(default_factory=list)
    memory: Memory
    stop: Stop = Field(default_factory=Stop)
    fail_soft: list[AgentFailSoft] = Field(min_length=1, description="In the order in which it is tried.")
    slo: AgentObjectives | None = Field(
        default=None, description="What it promises; alerts are made of it. Absent: nothing."
    )
    evaluations: AgentEvaluations | None = Field(
        default=None,
        description="The suite it must pass, with floors and ceilings; figures are events. A stack runs none without.",
    )

    @property
    def identity(self) -> str:
        """What its resources are keyed by."""
        return f"{self.agent}-{self.version}"

    @property
    def plan(self) -> AgentPlan:
        """What a run may use at most, with the arithmetic."""
        return plan_of(self.budgets, self.model, self.tools, self.approvals)

    @property
    def agreed(self) -> list[Agreed]:
        """The figures it must hold; none where it states no suite."""
        return self.evaluations.agreed if self.evaluations else []

    def approval_of(self, tool: str) -> Approval | None:
        """Whose yes a call of this tool needs; nothing where nobody is asked."""
        kind = self.tools[tool].effect.kind
        return next((approval for approval in self.approvals if kind in approval.effects), None)

    def pre_approval_of(self, tool: str) -> PreApproval | None:
        """The calls of this tool that need nobody."""
        asked = self.approval_of(tool)
        return next((each for each in asked.unless if each.tool == tool), None) if asked else None

    @model_validator(mode="after")
    def _parts_agree(self) -> Self:
        problems = list(self._disagreements())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _disagreements(self) -> Iterator[str]:
        yield from tool_problems(self.tools)
        yield from self._approval_problems()
        yield from self._memory_problems()
        yield from self.plan.problems
        if self.queue in LOOPS:
            yield f"queue: is the platform's own; name another (got {self.queue!r})"
        kinds = [step.kind for step in self.fail_soft]
        if "polite-refusal" in kinds[:-1]:
            yield "fail_soft: polite-refusal should come last: nothing is tried after it"
        for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
            yield f"fail_soft: {kind} stands twice"

    def _approval_problems(self) -> Iterator[str]:
        for name, tool in self.tools.items():
            if isinstance(tool.effect, Irreversible) and self.approval_of(name) is None:
                yield (
                    f"tools.{name}.effect: is irreversible, and no entry of approvals names irreversible; "
                    "say whose yes it needs"
                )
        seen: dict[str, int] = {}
        for index, approval in enumerate(self.approvals):
            for kind in approval.effects:
                if kind in seen:
                    yield f"approvals.{index}.effects: approvals.{seen[kind]} has it already (got {kind!r})"
                seen.setdefault(kind, index)
            if approval.by == self.owner:
                yield (
                    f"approvals.{index}.by: should be another group than the owner, who does not approve "
                    f"the own agent's acts (got {approval.by!r})"
                )
            for place, each in enumerate(approval.unless):
                yield from self._unless_problems(f"approvals.{index}.unless.{place}", each, approval)

    def _unless_problems(self, path: str, each: PreApproval, approval: Approval) -> Iterator[str]:
        tool = self.tools.get(each.tool)
        if tool is None or tool.effect.kind not in approval.effects:
            allowed = ", ".join(n for n, t in self.tools.items() if t.effect.kind in approval.effects)
            yield f"{path}.tool: should be one of {allowed or 'none: no tool needs this'} (got {each.tool!r})"
        elif tool.spends is not None and each.at_most_cents is None:
            yield f"{path}.at_most_cents: is required: {each.tool} spends money"
        elif tool.spends is None and each.at_most_cents is not None:
            yield f"{path}.at_most_cents: {each.tool} spends nothing; leave it out (got {each.at_most_cents})"

    def _memory_problems(self) -> Iterator[str]:
        most = DATA_CLASSES.index(self.data_class)
        held = {self.data_class} | {tool.data_class for tool in self.tools.values()}
        for name, tool in self.tools.items():
            if DATA_CLASSES.index(tool.data_class) > most:
                yield (
                    f"tools.{name}.data_class: is more closed than the agent's {self.data_class} "
                    f"(got {tool.data_class!r})"
                )
        for missing in sorted(held - set(self.memory.retention_days), key=DATA_CLASSES.index):
            yield f"memory.retention_days.{missing}: is required: the agent holds data of this class"

    def groups(self) -> Iterator[tuple[str, str]]:
        """Every group of people that the record names, with its path."""
        for index, approval in enumerate(self.approvals):
            yield f"approvals.{index}.by", approval.by
        for index, step in enumerate(self.fail_soft):
            if isinstance(step, HandOver):
                yield f"fail_soft.{index}.to", step.to
