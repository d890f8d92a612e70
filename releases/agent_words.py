"""What an agent may do, in words that people who never saw a record understand."""

from collections.abc import Iterator

from releases.agent import Agent
from releases.agent_limits import PreApproval
from releases.agent_tool import Irreversible, Reversible, Tool, most_cents


def may(agent: Agent) -> Iterator[str]:
    """One line a tool: ``send-mail (nothing undoes it), after approval by support-leads within 8 h``."""
    for name, tool in agent.tools.items():
        spends = f", up to {money(most_cents(tool))} a call" if most_cents(tool) else ""
        yield f"call {name} as {tool.identity} ({undoes(tool)}{spends}){after_approval(agent, name)}"
    budgets, plan = agent.budgets, agent.plan
    yield (
        f"use {budgets.steps} steps, {plan.tokens} tokens, {money(plan.cents)} and {time(budgets.wall_minutes)} "
        f"a run, {budgets.parallel_runs} runs at once"
    )
    yield f"think with {agent.model.in_words}"


def must(agent: Agent) -> Iterator[str]:
    """One line a figure: ``show task-success of at least 0.9 on incident-triage 1``."""
    for agreed in agent.agreed:
        least = "at least" if agreed.direction == "higher" else "at most"
        yield f"show {agreed.metric} of {least} {agreed.floor:g} on {agreed.suite} {agreed.suite_version}"


def undoes(tool: Tool) -> str:
    """What takes back what a tool changes: ``close-ticket undoes it``."""
    if isinstance(tool.effect, Reversible):
        return f"{tool.effect.compensation.tool} undoes it"
    return "nothing undoes it" if isinstance(tool.effect, Irreversible) else "changes nothing"


def after_approval(agent: Agent, tool: str) -> str:
    """Whose yes a call of a tool needs and within what time: ``, after approval by on-call within 8 h``; or nothing."""
    approval = agent.approval_of(tool)
    if approval is None:
        return ""
    exception = agent.pre_approval_of(tool)
    said = f", after approval by {approval.by} within {time(approval.within_minutes)}"
    return f"{said}{_unless(exception)}" if exception else said


def _unless(exception: PreApproval) -> str:
    amount = f" of up to {money(exception.at_most_cents)}" if exception.at_most_cents else ""
    calls = "the first call" if exception.calls == 1 else f"the first {exception.calls} calls"
    return f", but for {calls}{amount} in a run"


def money(cents: int) -> str:
    """An amount of cents as money: ``20.00``; no record names a currency."""
    return f"{cents / 100:.2f}"


def time(minutes: int) -> str:
    """Minutes as people say them: ``8 h``, ``90 min``."""
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
