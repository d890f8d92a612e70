"""The three kinds of activity of an agent: each runs in a process, on a queue and with an identity of its own."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any

from temporalio import activity
from temporalio.exceptions import ApplicationError

from releases.agent_tool import Reversible
from runtime.loops.agents import counted
from runtime.loops.agents.contract import (
    Act,
    Acted,
    AgentRef,
    AgentRequest,
    Ask,
    Ending,
    Note,
    Planned,
    Shown,
    Thought,
    Undo,
)
from runtime.loops.agents.gate import Call, Gate, WaitError
from runtime.loops.agents.ledger import Spent, TooManyRunsError
from runtime.loops.agents.plans import Plan, PlanStep, plan_problems, shown
from runtime.loops.agents.store import digest_of
from runtime.loops.agents.thinking import Mind
from runtime.loops.agents.traces import Value, short
from runtime.loops.contract import Decision, Statement

NOTHING = Decision(answer="refused", policies=(), inputs="", policy_set="")


@dataclass(frozen=True)
class Reasoning:
    """Reads notes and the model."""

    mind: Mind

    def all(self) -> Sequence[Callable[..., Any]]:
        return (self.reason,)

    @activity.defn(name="reason")
    def reason(self, ask: Ask) -> Thought:
        return self.mind.reason(ask)


@dataclass(frozen=True)
class Planning:
    """Reads notes and the model, and writes plans."""

    mind: Mind

    def all(self) -> Sequence[Callable[..., Any]]:
        return (self.plan,)

    @activity.defn(name="plan")
    def plan(self, ask: Ask) -> Planned:
        return self.mind.plan(ask)


@dataclass(frozen=True)
class Acting:
    """Acts through the gate, and has no model."""

    gate: Gate

    def all(self) -> Sequence[Callable[..., Any]]:
        return (self.open, self.show, self.ask, self.act, self.undo, self.end, self.verify_statement)

    @activity.defn(name="open-run")
    def open(self, request: AgentRequest, run: str) -> None:
        """Count the run in, and keep the task an alert is; it waits while as many go on as may."""
        known = self.gate.agents.known(request.agent.agent, request.agent.version, self.gate.today())
        until = self.gate.now() + request.limits.wall_seconds
        try:
            self.gate.ledger.open_run(
                run, request.agent.agent, known.agent.budgets.parallel_runs, self.gate.now(), until
            )
        except TooManyRunsError as error:
            raise _later(str(error), 5.0) from None
        if request.alerted is not None:
            kept = self.gate.store.put(request.alerted.task(), request.task.data_class, self.gate.today())
            if kept != request.task.digest:
                raise ValueError(f"{run}: its task is not the one that its request names")

    @activity.defn(name="show-plan")
    def show(self, agent: AgentRef, run: str, round_number: int, digest: str) -> None:
        """Write the plan to the journal: from now on its steps may be taken. It is written once a round.

        Whoever planned is not believed: the plan is read from the store, and must be one of this agent.
        """
        known = self.gate.agents.known(agent.agent, agent.version, self.gate.today())
        data = self.gate.store.get(digest)
        problems = list(plan_problems(data, known.agent, read_only=False))
        if problems:
            raise ValueError(f"{digest} is no plan of {known.agent.identity}: {problems[0]}")
        if self.gate.journal.find(run, "plan", str(round_number)) is None:
            steps = [asdict(step) for step in shown(Plan.model_validate(data), known.agent)]
            self._append(run, "plan", str(round_number), {"plan": digest, "steps": steps})

    @activity.defn(name="ask-people")
    def ask(self, asking: Shown) -> Note:
        """Write down what people are asked: this step, these arguments, until then; where its words are."""
        act = asking.act
        known = self.gate.agents.known(act.agent.agent, act.agent.version, self.gate.today())
        _, step = self.gate.step(act)
        if step is None:
            raise ValueError(f"{act.run}: step {act.key} stands in no plan that was shown")
        tool = known.agent.tools[step.tool]
        undone = tool.effect.compensation.tool if isinstance(tool.effect, Reversible) else "nothing"
        words = {
            "tool": step.tool,
            "arguments": dict(step.arguments),
            "as": tool.identity,
            "at": tool.reaches,
            "expected": step.expected,
            "undone by": undone,
        }
        digest = self.gate.store.put(words, tool.data_class, self.gate.today())
        if self.gate.journal.find(act.run, "question", str(asking.question)) is None:
            self._append(
                act.run,
                "question",
                str(asking.question),
                {
                    "key": act.key,
                    "plan": act.plan,
                    "arguments": digest_of(dict(step.arguments)),
                    "until": asking.until,
                    "words": digest,
                },
            )
        return Note(digest=digest, what="question", data_class=tool.data_class)

    @activity.defn(name="act")
    def act(self, act: Act) -> Acted:
        """One step of the plan that was shown, through the gate."""
        _, step = self.gate.step(act)
        if step is None:
            return Acted(
                result="refused", decision=NOTHING, reason="the step stands in no plan that was shown"
            )
        unmet = self._unmet(act, step)
        if unmet:
            return Acted(result="failed", decision=NOTHING, reason=unmet)
        return self._through(self._call(act, step))

    @activity.defn(name="undo")
    def undo(self, undo: Undo) -> Acted:
        """Undo a step, whatever became of it: a call whose answer was lost is asked for again first, by its key."""
        act = undo.act
        _, step = self.gate.step(act)
        made = self.gate.journal.find(act.run, "effect", act.key)
        if step is None or (made is None and not self._may_have_happened(act)):
            return Acted(result="done", decision=NOTHING, reason="nothing was done")
        known = self.gate.agents.known(act.agent.agent, act.agent.version, self.gate.today())
        effect = known.agent.tools[step.tool].effect
        if not isinstance(effect, Reversible):
            return Acted(result="done", decision=NOTHING, reason="nothing undoes it")
        if made is None:
            settled = self._through(self._call(act, step))
            if settled.result == "failed":
                return Acted(result="done", decision=settled.decision, reason="nothing was done")
            made = self.gate.journal.find(act.run, "effect", act.key)
            if made is None:
                return settled
        given = {"arguments": dict(step.arguments), "answer": self.gate.store.get(str(made.body["answer"]))}
        arguments = {
            name: given[source.partition(".")[0]][source.partition(".")[2]]
            for name, source in effect.compensation.arguments.items()
        }
        return self._through(
            Call(
                act=replace(act, statement=None, question=0),
                key=f"{act.key}/undo",
                tool=effect.compensation.tool,
                arguments=arguments,
                as_shown=True,
                expected=f"step {act.key} is undone",
                undoing=True,
            )
        )

    @activity.defn(name="end-run")
    def end(self, ending: Ending) -> int:
        """Write how it ended, once; what its calls cost, in cents."""
        if self.gate.journal.find(ending.run, "outcome", "end") is None:
            body = {
                "result": ending.result,
                "reason": ending.reason,
                "hand_over_to": ending.hand_over_to,
                "answer": ending.answer.digest if ending.answer else "",
                "agent": f"{ending.agent.agent}/{ending.agent.version}",
                "record": ending.agent.record,
            }
            with self.gate.database.transaction() as connection:
                self.gate.journal.append(connection, (ending.run, "outcome", "end"), body, self.gate.now())
                self.gate.ledger.end_run(connection, ending.run)
        spent = self.gate.ledger.spent(ending.run)
        self._told(ending, spent)
        return spent.cents

    def _told(self, ending: Ending, spent: Spent) -> None:
        """The root of the run's spans, from when the engine began it."""
        now, agent = self.gate.now(), ending.agent
        model = self.gate.agents.known(agent.agent, agent.version, self.gate.today()).agent.model.name
        said: dict[str, Value] = {
            "gen_ai.agent.name": agent.agent,
            "gen_ai.agent.version": agent.version,
            "gen_ai.agent.id": f"{agent.agent}/{agent.version}",
            "gen_ai.request.model": model,
            "slipway.record": short(agent.record),
            "slipway.result": ending.result,
            "slipway.steps": spent.steps,
            "slipway.cents": spent.cents,
            "slipway.tokens": ending.tokens,
        }
        self.gate.traces.run(ending.run, ending.begun or now, now, said)

    @activity.defn(name="verify-statement")
    def verify_statement(self, statement: Statement) -> str:
        return self.gate.people.verify(statement)

    @staticmethod
    def _call(act: Act, step: PlanStep) -> Call:
        return Call(
            act=act,
            key=act.key,
            tool=step.tool,
            arguments=dict(step.arguments),
            as_shown=True,
            expected=step.expected,
        )

    def _through(self, call: Call) -> Acted:
        run, key, undoing = call.act.run, call.key, call.undoing
        with self.gate.traces.tool(run, key, call.tool, undoing=undoing) as told:
            try:
                acted = self.gate.act(call)
            except WaitError as error:
                raise _later(str(error), error.seconds) from None
            told({"slipway.result": acted.result})
            if acted.result not in {"done", "ask"}:
                told({"error.type": acted.result})
        counted.called(call.act.agent, call.tool, acted)
        return acted

    def _unmet(self, act: Act, step: PlanStep) -> str:
        if step.before is None:
            return ""
        answers = dict(self.gate.answers_before(act))
        found = answers.get(step.before.step, {}).get(step.before.field)
        if found == step.before.equals:
            return ""
        return f"its precondition does not hold: step {step.before.step} did not answer {step.before.field} as planned"

    def _may_have_happened(self, act: Act) -> bool:
        """Whether a call was begun, and nothing says that it did nothing."""
        if self.gate.journal.find(act.run, "attempt", act.key) is None:
            return False
        failure = self.gate.journal.find(act.run, "failure", act.key)
        return failure is None or failure.body["result"] != "failed"

    def _append(self, run: str, kind: Any, key: str, body: dict[str, Any]) -> None:
        with self.gate.database.transaction() as connection:
            self.gate.journal.append(connection, (run, kind, key), body, self.gate.now())


def _later(reason: str, seconds: float) -> ApplicationError:
    return ApplicationError(reason, type="WaitError", next_retry_delay=timedelta(seconds=max(seconds, 0.1)))
