"""What one run of an agent may use at most, worked out before it runs. Pure arithmetic."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from releases.agent_limits import Approval, Budgets, ModelRange
from releases.agent_tool import Tool, most_cents

_THINKING: Final = 2
"""Calls of the model in a round: one reasons, one plans."""


@dataclass(frozen=True, kw_only=True)
class AgentPlan:
    """The most that a run uses of everything, how that came about, and what contradicts a budget."""

    tokens: int
    """All calls of the model at their longest, or the budget where that is less."""
    token_cents: int
    act_cents: int
    """Every step at the dearest tool's highest."""
    cents: int
    """Both, or the budget where that is less."""
    least_minutes: int
    """Of a run that makes all its steps, by the slowest tool's rate."""
    cents_at_once: int
    """Of all parallel runs."""
    calls_per_minute: Mapping[str, int]
    steps: tuple[str, ...]
    """How the figures came about, one line each: anybody can do them again."""
    problems: tuple[str, ...] = ()
    """Budgets that could not be kept, or that end every run; each line begins with its path."""


def plan_of(
    budgets: Budgets, model: ModelRange, tools: Mapping[str, Tool], approvals: Sequence[Approval]
) -> AgentPlan:
    """The plan of a record's figures."""
    asked = budgets.rounds * _THINKING * budgets.tokens_per_call
    tokens = min(asked, budgets.tokens)
    token_cents = _up(tokens * model.cents_per_million_tokens, 1_000_000)
    dearest = max(tools, key=lambda name: (most_cents(tools[name]), name))
    act_cents = budgets.steps * most_cents(tools[dearest])
    cents = min(token_cents + act_cents, budgets.money_cents)
    slowest = min(tools, key=lambda name: (tools[name].calls_per_minute, name))
    least = _up(budgets.steps, tools[slowest].calls_per_minute)
    at_once = cents * budgets.parallel_runs
    return AgentPlan(
        tokens=tokens,
        token_cents=token_cents,
        act_cents=act_cents,
        cents=cents,
        least_minutes=least,
        cents_at_once=at_once,
        calls_per_minute={name: tool.calls_per_minute for name, tool in tools.items()},
        steps=(
            (
                f"tokens: {budgets.rounds} rounds x {_THINKING} calls x {budgets.tokens_per_call} = {asked}, "
                f"at most {budgets.tokens} = {tokens}"
            ),
            f"tokens as money: {tokens} x {model.cents_per_million_tokens} / 10^6 = {token_cents} cents",
            f"acts: {budgets.steps} steps x {most_cents(tools[dearest])} cents ({dearest}) = {act_cents} cents",
            f"a run: {token_cents} + {act_cents} cents, at most {budgets.money_cents} = {cents} cents",
            f"all runs at once: {budgets.parallel_runs} x {cents} = {at_once} cents",
            f"time: {budgets.steps} steps / {tools[slowest].calls_per_minute} a minute ({slowest}) = {least} min",
        ),
        problems=tuple(_problems(budgets, token_cents, tools, approvals)),
    )


def _problems(
    budgets: Budgets, token_cents: int, tools: Mapping[str, Tool], approvals: Sequence[Approval]
) -> Iterator[str]:
    once = _THINKING * budgets.tokens_per_call
    if budgets.tokens < once:
        yield (
            f"budgets.tokens: should be at least {once}: one round is {_THINKING} calls of "
            f"{budgets.tokens_per_call} tokens (got {budgets.tokens})"
        )
    if token_cents >= budgets.money_cents:
        yield (
            f"budgets.money_cents: should be above {token_cents}, which its tokens alone may cost "
            f"(got {budgets.money_cents})"
        )
    for name, tool in tools.items():
        if most_cents(tool) > budgets.money_cents:
            yield (
                f"tools.{name}: one call may cost {most_cents(tool)} cents, more than the "
                f"{budgets.money_cents} of budgets.money_cents; lower the argument's maximum"
            )
        if tool.timeout_seconds > budgets.wall_minutes * 60:
            yield (
                f"tools.{name}.timeout_seconds: should be at most the {budgets.wall_minutes} minutes of "
                f"budgets.wall_minutes (got {tool.timeout_seconds})"
            )
    for index, approval in enumerate(approvals):
        if approval.within_minutes >= budgets.wall_minutes:
            yield (
                f"approvals.{index}.within_minutes: should be below the {budgets.wall_minutes} of "
                f"budgets.wall_minutes, or the run ends before anybody may answer (got {approval.within_minutes})"
            )


def _up(number: int, by: int) -> int:
    """A quotient rounded up: a budget is never worked out too low."""
    return -(-number // by)
