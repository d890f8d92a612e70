"""What policy is asked before a call: every attribute of the action, worked out by the gate and by nobody else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from facts.data_classes import DATA_CLASSES
from releases.agent import Agent
from releases.agent_tool import Reversible, cents_of
from runtime.loops.agents.contract import Act
from runtime.loops.agents.ledger import Spent
from runtime.loops.agents.records import Known
from runtime.loops.contract import Question

_MOST_SHOWN: Final = 200


@dataclass(frozen=True, kw_only=True)
class StepApproval:
    """A person's answer to this very step, as policies read it."""

    needed: bool
    given: bool = False
    this_step: bool = False
    in_time: bool = False
    by_group: bool = False
    by_author: bool = False
    beforehand: bool = False
    """The record approved such a call when it was reviewed."""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the gate found out about a call."""

    known: Known
    tool: str
    arguments: Mapping[str, Any]
    as_shown: bool
    arguments_fit: bool
    suspect: bool
    spent: Spent
    approval: StepApproval
    now: float
    undoing: bool = False


def use(act: Act, look: Look) -> Question:
    """May this agent call this tool with these arguments now?"""
    agent, tool = look.known.agent, look.known.agent.tools[look.tool]
    cents = cents_of(tool, look.arguments) if look.arguments_fit else 0
    at = datetime.fromtimestamp(look.now).astimezone()
    return Question(
        principal=act.agent.agent,
        action="use-tool",
        resource=look.tool,
        principal_type="Agent",
        resource_type="Tool",
        context={
            "environment": act.environment,
            "version": act.agent.version,
            "release": look.known.word,
            "record_unchanged": look.known.record == act.agent.record,
            "effect": tool.effect.kind,
            "undoable": isinstance(tool.effect, Reversible),
            "undoing": look.undoing,
            "as_shown": look.as_shown,
            "arguments_fit": look.arguments_fit,
            "arguments": sorted(f"{name}={value}"[:_MOST_SHOWN] for name, value in look.arguments.items()),
            "spends_cents": cents,
            "left": _left(agent, act, look.spent, cents),
            "data_class": tool.data_class,
            "class_allowed": DATA_CLASSES.index(tool.data_class) <= DATA_CLASSES.index(agent.data_class),
            "suspect": look.suspect,
            "read_only": act.read_only,
            "hour": at.hour,
            "weekday": at.isoweekday(),
            "approval": asdict(look.approval),
        },
    )


def _left(agent: Agent, act: Act, spent: Spent, cents: int) -> dict[str, int]:
    """After this call: below nothing is too much."""
    budgets = agent.budgets
    return {
        "steps": budgets.steps - spent.steps - 1,
        "cents": budgets.money_cents - spent.cents - act.token_cents - cents,
        "tokens": act.tokens_left,
        "seconds": int(act.seconds_left),
    }
