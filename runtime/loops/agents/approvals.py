"""Whether a person said yes to this very step, in time, and is one of those whose yes counts."""

from datetime import datetime
from typing import TYPE_CHECKING

from releases.agent_tool import Tool, cents_of
from runtime.loops.agents.ledger import Ledger
from runtime.loops.agents.questions import StepApproval
from runtime.loops.agents.records import Known
from runtime.loops.agents.store import digest_of

if TYPE_CHECKING:
    from runtime.loops.agents.gate import Call, Gate


def of(call: "Call", known: Known, tool: Tool, gate: "Gate") -> StepApproval:
    """The approval of a call. Nothing is believed that the journal or a signature does not say."""
    asked = known.agent.approval_of(call.tool)
    needed = asked is not None and not call.undoing
    statement, act = call.act.statement, call.act
    beforehand = needed and _beforehand(call, known, tool, gate.ledger)
    question = gate.journal.find(act.run, "question", str(act.question)) if act.question else None
    if statement is None or question is None:
        return StepApproval(needed=needed, beforehand=beforehand)
    try:
        who = gate.people.verify(statement)
    except PermissionError:
        return StepApproval(needed=needed, beforehand=beforehand)
    # Who may answer for a step that nobody's record asks about: whoever may for another one.
    group = asked.by if asked is not None else next((each.by for each in known.agent.approvals), "")
    until = datetime.fromisoformat(str(question.body["until"]))
    return StepApproval(
        needed=needed,
        given=statement.decision == "approved",
        this_step=statement.run == act.run
        and statement.question == act.question
        and question.body["key"] == call.key
        and question.body["plan"] == act.plan
        and question.body["arguments"] == digest_of(dict(call.arguments)),
        in_time=_is_before(statement.at, until),
        by_group=who in known.approvers.get(group, ()),
        by_author=who == act.begun_by,
        beforehand=beforehand,
    )


def _beforehand(call: "Call", known: Known, tool: Tool, ledger: Ledger) -> bool:
    """Whether the record approved this call when it was reviewed."""
    exception = known.agent.pre_approval_of(call.tool)
    if exception is None:
        return False
    small = exception.at_most_cents is None or _amount(tool, call) <= exception.at_most_cents
    return small and ledger.calls_of(call.act.run, call.tool, but=call.key) < exception.calls


def _amount(tool: Tool, call: "Call") -> int:
    amount = call.arguments.get(tool.spends or "")
    return cents_of(tool, call.arguments) if isinstance(amount, int) else 10**9


def _is_before(at: str, until: datetime) -> bool:
    try:
        return datetime.fromisoformat(at) <= until
    except (ValueError, TypeError):
        return False
