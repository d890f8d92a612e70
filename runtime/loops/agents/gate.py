"""The gate: the only way from a step of a plan to an effect. It looks, asks policy, records, and only then calls."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from releases.agent_schema import faults
from releases.agent_tool import Reversible, Tool, cents_of
from runtime.loops.agents import approvals, questions
from runtime.loops.agents.contract import Act, Acted, Note
from runtime.loops.agents.database import Database
from runtime.loops.agents.guard import Guard, foreign, marked
from runtime.loops.agents.journal import Journal
from runtime.loops.agents.ledger import Ledger
from runtime.loops.agents.plans import Plan, PlanStep
from runtime.loops.agents.questions import Look
from runtime.loops.agents.records import AgentsPort, Known
from runtime.loops.agents.store import StorePort, digest_of
from runtime.loops.agents.tools import (
    NoPermitError,
    Permit,
    ToolAwayError,
    ToolRefusedError,
    Tools,
    WrongAnswerError,
)
from runtime.loops.agents.traces import OFF, Traces, short
from runtime.loops.contract import Decision
from runtime.loops.ports import PeoplePort, PolicyPort

__all__ = ["Call", "Gate", "NoPermitError", "WaitError"]


class WaitError(Exception):
    """Not now: the tool's rate is used up, its breaker is open, or it did not answer. It is tried again."""

    def __init__(self, reason: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(reason)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call that somebody wants made: a step of a plan, or what undoes one."""

    act: Act
    key: str
    tool: str
    arguments: Mapping[str, Any]
    as_shown: bool
    expected: str
    undoing: bool = False


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Everything that stands between a plan and the world."""

    agents: AgentsPort
    policy: PolicyPort
    people: PeoplePort
    store: StorePort
    database: Database
    journal: Journal
    ledger: Ledger
    tools: Tools
    guard: Guard
    now: Callable[[], float]
    traces: Traces = OFF

    def step(self, act: Act) -> tuple[Plan | None, PlanStep | None]:
        """The step as it was shown: from the store, by the digest that stands in the journal."""
        recorded = self.journal.find(act.run, "plan", str(act.round))
        if recorded is None or recorded.body.get("plan") != act.plan:
            return None, None
        plan = Plan.model_validate(self.store.get(act.plan))
        return plan, plan.steps[act.index] if act.index < len(plan.steps) else None

    def act(self, call: Call) -> Acted:
        """Make a call if policy allows it now, and record both; what was made already is not made again.

        Raises:
            WaitError: not now.
        """
        made = self.journal.find(call.act.run, "effect", call.key)
        known = self.agents.known(call.act.agent.agent, call.act.agent.version, self.today())
        if made is not None:
            return self._acted(call, Decision(**_decision(made.body["decision"])), made.body)
        if call.tool not in known.agent.tools:
            return _refused(f"{call.tool} is no tool of {known.agent.identity}")
        tool, now = known.agent.tools[call.tool], self.now()
        look = self._look(call, known, tool, now)
        if tool.repeats == "never" and self.journal.find(call.act.run, "attempt", call.key):
            return _refused(f"{call.tool} was called and its answer was lost; it knows no key", "unknown")
        with self.traces.decision(call.act.run, call.key, call.tool) as told:
            decision = self.policy.decide(questions.use(call.act, look))
            told(_spoken(decision, tool))
            entry = self._record(call, tool, decision, now)
        if decision.answer == "ask":
            return Acted(result="ask", decision=decision)
        if not decision.allows:
            said = ", ".join([*decision.policies, *decision.problems]) or "no policy permits it"
            spent = "a-budget-is-a-bound" in decision.policies
            return Acted(result="spent" if spent else "refused", decision=decision, reason=said)
        permit = Permit(
            run=call.act.run,
            key=call.key,
            tool=call.tool,
            arguments=digest_of(dict(call.arguments)),
            entry=entry,
        )
        return self._made(call, tool, permit, decision)

    def _look(self, call: Call, known: Known, tool: Tool, now: float) -> Look:
        act = call.act
        suspect = any(
            entry.kind == "effect" and entry.body["findings"] for entry in self.journal.entries(act.run)
        )
        return Look(
            known=known,
            tool=call.tool,
            arguments=call.arguments,
            as_shown=call.as_shown,
            arguments_fit=not list(faults(tool.arguments, call.arguments)),
            suspect=suspect,
            spent=self.ledger.spent(act.run, but=call.key),
            approval=approvals.of(call, known, tool, self),
            now=now,
            undoing=call.undoing,
        )

    def _record(self, call: Call, tool: Tool, decision: Decision, now: float) -> str:
        """Write the decision, and with one that allows also the attempt and its charge, before anything is called."""
        run = call.act.run
        body = {
            "answer": decision.answer,
            "policies": list(decision.policies),
            "problems": list(decision.problems),
            "inputs": decision.inputs,
            "policy_set": decision.policy_set,
            "key": call.key,
            "tool": call.tool,
            "effect": tool.effect.kind,
            "arguments": digest_of(dict(call.arguments)),
            "plan": call.act.plan,
            "question": call.act.question,
            "undoing": call.undoing,
        }
        wait = 0.0
        with self.database.transaction() as connection:
            if decision.allows:
                wait = self.ledger.wait_for_breaker(connection, call.tool, now)
                wait = wait or self.ledger.wait_for_rate(connection, call.tool, tool.calls_per_minute, now)
            if wait:
                return_later = f"{call.tool} is not called now"
            else:
                entry = self.journal.append(connection, (run, "decision", call.key), body, now)
                if decision.allows:
                    self.journal.append(connection, (run, "attempt", call.key), {"decision": entry}, now)
                    if not call.undoing:
                        cents = cents_of(tool, call.arguments)
                        self.ledger.charge(connection, run, call.key, call.tool, cents)
        if wait:
            raise WaitError(return_later, wait)
        return entry

    def _made(self, call: Call, tool: Tool, permit: Permit, decision: Decision) -> Acted:
        try:
            answer = self.tools.call(permit, tool, call.arguments)
        except ToolAwayError as error:
            self.ledger.failed(call.tool, self.now())
            if tool.repeats == "never":
                return self._failed(
                    call, decision, f"{error}; its answer was lost, and it knows no key", "unknown"
                )
            raise WaitError(str(error), 1.0) from None
        except ToolRefusedError as error:
            return self._failed(call, decision, str(error), "failed")
        except WrongAnswerError as error:
            reads = tool.effect.kind == "read"
            return self._failed(call, decision, f"{error} (not its schema)", "failed" if reads else "unknown")
        seen = foreign(call.tool, answer, self.guard)
        kept = self.store.put(answer, tool.data_class, self.today())
        shown = self.store.put(marked(seen), tool.data_class, self.today())
        body = {
            "tool": call.tool,
            "decision": {**_plain(decision)},
            "answer": kept,
            "shown": shown,
            "findings": list(seen.findings),
            "undoable": isinstance(tool.effect, Reversible) and not call.undoing,
            "data_class": tool.data_class,
        }
        with self.database.transaction() as connection:
            self.ledger.answered(connection, call.tool)
            self.journal.append(connection, (call.act.run, "effect", call.key), body, self.now())
        return self._acted(call, decision, body)

    def _failed(self, call: Call, decision: Decision, reason: str, result: Any) -> Acted:
        with self.database.transaction() as connection:
            body = {"tool": call.tool, "reason": reason, "result": result}
            self.journal.append(connection, (call.act.run, "failure", call.key), body, self.now())
        return Acted(result=result, decision=decision, reason=reason)

    def _acted(self, call: Call, decision: Decision, body: Mapping[str, Any]) -> Acted:
        note = Note(digest=str(body["shown"]), what="observation", data_class=str(body["data_class"]))
        return Acted(
            result="done", decision=decision, note=note, is_as_expected=self._as_expected(call, body)
        )

    def _as_expected(self, call: Call, body: Mapping[str, Any]) -> bool:
        if call.undoing:
            return True
        _, step = self.step(call.act)
        if step is None or step.then is None:
            return True
        return bool(self.store.get(str(body["answer"])).get(step.then.field) == step.then.equals)

    def answers_before(self, act: Act) -> Iterator[tuple[int, Any]]:
        """What earlier steps of the same plan answered."""
        for index in range(act.index):
            made = self.journal.find(act.run, "effect", f"{act.round}.{index}")
            if made is not None:
                yield index, self.store.get(str(made.body["answer"]))

    def today(self) -> date:
        return datetime.fromtimestamp(self.now(), UTC).date()


def _refused(reason: str, result: Any = "refused") -> Acted:
    """Refused beneath all policies."""
    nobody = Decision(answer="refused", policies=(), inputs="", policy_set="", problems=(reason,))
    return Acted(result=result, decision=nobody, reason=reason)


def _spoken(decision: Decision, tool: Tool) -> dict[str, Any]:
    """What a span says of a decision."""
    return {
        "slipway.effect": tool.effect.kind,
        "slipway.decision": decision.answer,
        "slipway.policies": list(decision.policies),
        "slipway.decision.digest": short(decision.inputs),
        "slipway.policy_set": short(decision.policy_set),
    }


def _plain(decision: Decision) -> dict[str, Any]:
    return {
        "answer": decision.answer,
        "policies": list(decision.policies),
        "inputs": decision.inputs,
        "policy_set": decision.policy_set,
    }


def _decision(body: Mapping[str, Any]) -> dict[str, Any]:
    return {**body, "policies": tuple(body["policies"])}
