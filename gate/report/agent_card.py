"""What there is to know of one agent of a stack: the content of its page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from facts.strict_yaml import load
from gate.report.report import Report
from gate.report.served import answers_to
from releases.agent import Agent
from releases.agent_evaluations import METRICS
from releases.agent_limits import HandOver, ReadOnly
from releases.agent_load import LoadedAgent
from releases.agent_measured import figures_with
from releases.agent_tool import Tool, most_cents
from releases.agent_words import after_approval, money, time, undoes
from releases.load import LoadedRelease
from stacks.load import Stack

_APPROVERS: Final = "agents/approvers.yaml"
COST_QUERY: Final = (
    'sum(increase(slipway_agent_cents{{agent="{agent}"}}[7d])) '
    '/ sum(increase(slipway_agent_runs{{agent="{agent}"}}[7d]))'
)
"""What a task cost in the last week, in cents (facts/metrics/agents.yaml)."""


@dataclass(frozen=True, kw_only=True)
class ToolCard:
    """One tool: what it is for, what it changes, who is asked before, as whom and where it acts."""

    name: str
    tool: Tool
    undone: str
    asked: str
    costs: str

    @property
    def kind(self) -> str:
        """Its effect: ``read``, ``reversible`` or ``irreversible``."""
        return self.tool.effect.kind


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure of its held-out tasks, with what it must be, for one release of its model."""

    metric: str
    means: str
    wanted: str
    value: str
    holds: bool
    measured: str
    """With what, by whom and when; empty where nobody measured it."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """People whose yes it may need, and for which effects."""

    name: str
    people: Sequence[str]
    effects: Sequence[str]
    within: str


@dataclass(frozen=True, kw_only=True)
class AgentCard:
    """One agent of a stack."""

    loaded: LoadedAgent
    """The record with what happened to it since."""
    callers: Mapping[str, str]
    """As whom its reason and its plan ask the model, by part."""
    state: str
    decided: Sequence[str]
    thinks_with: Sequence[str]
    """The versions of its model that this stack serves and that it may think with."""
    limits: Mapping[str, str]
    """How much its reason and its plan may ask of the model, by part."""
    figures: Sequence[Figure]
    """Those of every release that answers it here."""
    tools: Sequence[ToolCard]
    groups: Sequence[Group]
    promises: Sequence[str]
    fails: Sequence[str]

    @property
    def agent(self) -> Agent:
        """The record."""
        return self.loaded.agent

    @property
    def cost_query(self) -> str:
        """What to ask Prometheus for the cost of a task."""
        return COST_QUERY.format(agent=self.agent.agent)

    @property
    def most(self) -> str:
        """What a task costs at most."""
        return money(self.agent.plan.cents)


def agent_cards(stack: Stack, report: Report) -> list[AgentCard]:
    """A card for every agent that a stack runs, by name."""
    return [_card(stack, name, report) for name in sorted(stack.agents)]


def _card(stack: Stack, name: str, report: Report) -> AgentCard:
    chosen = stack.agents[name]
    agent, state = chosen.agent, chosen.loaded.state
    callers = {"reason": chosen.settings.callers.reason, "plan": chosen.settings.callers.plan}
    # A way in is called after its entry in the model's callers; its subject follows where it has another name.
    limits = {
        way.source.partition(" (")[0]: way.detail
        for way in report.exposures
        if way.what == f"model {agent.model.name}"
    }
    versions = stack.settings.models[agent.model.name].versions
    return AgentCard(
        loaded=chosen.loaded,
        callers=callers,
        state=state.word(date.fromisoformat(report.judged_on)),
        decided=list(_decided(chosen.loaded)),
        thinks_with=[version for version in sorted(versions) if agent.model.holds(version)],
        limits={part: limits.get(caller, "no limit is known") for part, caller in callers.items()},
        figures=[
            figure for model in answers_to(stack, chosen.loaded) for figure in _figures(chosen.loaded, model)
        ],
        tools=[_tool(agent, name, tool) for name, tool in agent.tools.items()],
        groups=list(_groups(agent, chosen.files[_APPROVERS])),
        promises=(
            [f"{o.words}, over {agent.slo.window_days} days" for o in agent.slo.objectives]
            if agent.slo
            else []
        ),
        fails=[_instead(step) for step in agent.fail_soft],
    )


def _decided(loaded: LoadedAgent) -> Iterator[str]:
    state = loaded.state
    if state.approval is not None:
        word = "approved" if state.approval.granted else "refused"
        yield f"{word} by {state.approval.who} on {state.approval.when}"
    else:
        yield "nobody approved it"
    for incident in state.open_incidents:
        yield f"open incident {incident.name}, since {incident.date}"
    if state.deprecation is not None:
        yield f"deprecated on {state.deprecation.date}"
    if state.sunset is not None:
        yield f"ends on {state.sunset.ends}"


def _figures(loaded: LoadedAgent, model: LoadedRelease) -> Iterator[Figure]:
    counting = figures_with(loaded, model).counting(model)
    for agreed in loaded.agent.agreed:
        said = counting.get(agreed.metric)
        used = said.measured_with if said is not None else None
        yield Figure(
            metric=agreed.metric,
            means=METRICS.get(agreed.metric, ""),
            wanted=f"{'at least' if agreed.direction == 'higher' else 'at most'} {agreed.floor:g}",
            value=f"{said.value:g}" if said is not None else "not measured",
            holds=said is not None and agreed.allows(said.value),
            measured=f"with {used.in_words}, by {said.by} on {said.date}" if said and used else "",
        )


def _tool(agent: Agent, name: str, tool: Tool) -> ToolCard:
    most = most_cents(tool)
    return ToolCard(
        name=name,
        tool=tool,
        undone=undoes(tool),
        asked=after_approval(agent, name).removeprefix(", after approval by ") or "nobody is asked",
        costs=f"up to {money(most)} a call" if most else "nothing",
    )


def _groups(agent: Agent, approvers: str) -> Iterator[Group]:
    people = load(approvers, _APPROVERS)
    for approval in agent.approvals:
        yield Group(
            name=approval.by,
            people=people[approval.by],
            effects=approval.effects,
            within=time(approval.within_minutes),
        )


def _instead(step: object) -> str:
    if isinstance(step, HandOver):
        return f"{step.to} take over, with everything the run found"
    if isinstance(step, ReadOnly):
        return "it goes on, and calls only tools that change nothing"
    return f"whoever asked reads: {getattr(step, 'message', '')}"
