"""A run of an agent: reason, plan, show, act, again; and back in reverse order where it may not go on."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops.agents import counted
    from runtime.loops.agents.calls import Calls
    from runtime.loops.agents.contract import (
        Act,
        Acted,
        AgentRequest,
        Ask,
        Ending,
        Note,
        Planned,
        Shown,
        StepShown,
    )
    from runtime.loops.steps import Outcome
    from runtime.loops.workflows.run import EndedByPersonError, Run


class EndedError(Exception):
    """The run ends: ``result`` in one word, and why."""

    def __init__(self, result: str, reason: str) -> None:
        self.result, self.reason = result, reason
        super().__init__(f"{result}: {reason}")


@dataclass
class Seen:
    """What a run counts by itself."""

    notes: list[Note]
    tokens: int = 0
    planned: dict[str, int] = field(default_factory=dict)
    observed: set[str] = field(default_factory=set)
    quiet_rounds: int = 0
    disagreements: int = 0
    done: list[tuple[Act, int]] = field(default_factory=list)
    """Steps that changed something, or may have, with the time that one call of theirs may take."""


@workflow.defn(name="agent")
class AgentWorkflow(Run):
    """One task of one agent."""

    @workflow.run
    async def run(self, request: AgentRequest) -> Outcome:
        self.request, self.environment = request, request.environment
        self.calls = Calls(queue=request.queue)
        self.until = workflow.now() + timedelta(seconds=request.limits.wall_seconds)
        self.seen = Seen(notes=[request.task])
        self.is_read_only = False
        self.answer: Note | None = None
        self.now_doing(f"{request.agent.agent} {request.agent.version} begins")
        try:
            await self.calls.open(request, self._run, self._left)
            outcome = await self._to_the_end()
        except EndedByPersonError as ended:
            outcome = await self._back("ended", str(ended))
        except ActivityError as error:
            outcome = await self._back("failed", f"a part of the platform did not answer: {_cause(error)}")
        handed = request.limits.hand_over_to if outcome.result != "done" else ""
        cents = await self.calls.end(
            Ending(
                agent=request.agent,
                run=self._run,
                result=outcome.result,
                reason=outcome.reason,
                hand_over_to=handed,
                answer=self.answer,
                begun=workflow.info().start_time.timestamp(),
                tokens=self.seen.tokens,
            )
        )
        counted.ended(request.agent, outcome.result, self.seen.tokens, cents + self._token_cents)
        if handed:
            self.line(f"{handed} take over")
        return self.end(outcome)

    async def _to_the_end(self) -> Outcome:
        """Rounds until it is done; once, where the record says so, it goes on reading after it went back."""
        may_go_on = self.request.limits.read_only_first
        for number in range(1, self.request.limits.rounds + 1):
            try:
                if await self._round(number):
                    return Outcome(result="done")
            except EndedError as ended:
                back = await self._back(ended.result, ended.reason)
                if not (may_go_on and ended.result == "refused" and back.result == "refused"):
                    return back
                may_go_on, self.is_read_only = False, True
                self.line("goes on, and only reads")
        return await self._back("stopped", f"its {self.request.limits.rounds} rounds are over")

    async def _round(self, number: int) -> bool:
        """One round; whether the task is done."""
        self.now_doing(f"round {number}: reasons")
        thought = await self.calls.reason(self._ask(number), self._left)
        self._use(thought.tokens)
        if thought.done:
            self.answer = thought.note
            return True
        self.seen.notes.append(thought.note)
        self.now_doing(f"round {number}: plans")
        planned = await self.calls.plan(self._ask(number), self._left)
        self._use(planned.tokens)
        if planned.plan is None:
            if planned.problem is not None:
                self.seen.notes.append(planned.problem)
            self._disagree("what it planned was no plan")
            return False
        self._hold_repetitions(planned)
        await self.calls.show(self.request.agent, self._run, number, planned.plan.digest, self._left)
        self.now_doing(f"round {number}: acts on {planned.plan.digest[:19]} ({len(planned.steps)} steps)")
        news = False
        for index in range(len(planned.steps)):
            news = await self._step(number, index, planned) or news
        self.seen.quiet_rounds = 0 if news else self.seen.quiet_rounds + 1
        if self.seen.quiet_rounds >= self.request.limits.rounds_without_news:
            raise EndedError("stopped", f"{self.seen.quiet_rounds} rounds learned nothing")
        return False

    async def _step(self, number: int, index: int, planned: Planned) -> bool:
        """One step; whether something new was learned."""
        step, plan = planned.steps[index], planned.plan
        act = self._act(number, index, plan.digest if plan else "")
        changes = step.effect != "read"
        if changes:
            self.seen.done.append((act, step.timeout_seconds))
        acted = await self._acted(act, step.timeout_seconds)
        if acted.result == "ask":
            act = await self._with_answer(act, acted, step)
            if changes:
                self.seen.done[-1] = (act, step.timeout_seconds)
            acted = await self._acted(act, step.timeout_seconds)
        self.line(f"{act.key} {step.tool}: {acted.result} {acted.reason}".rstrip())
        match acted.result:
            case "done":
                pass
            case "failed":
                self._disagree(f"{step.tool}: {acted.reason}")
                return False
            case "spent":
                raise EndedError("stopped", "a budget is spent")
            case "unknown":
                raise EndedError("failed", f"{step.tool}: nobody knows whether it happened: {acted.reason}")
            case _:
                raise EndedError("refused", f"{step.tool}: {acted.reason or 'not allowed'}")
        if not acted.is_as_expected:
            self._disagree(f"{step.tool} did not do what the plan expected")
        return self._noted(acted)

    async def _acted(self, act: Act, timeout_seconds: int) -> Acted:
        try:
            return await self.calls.act(act, timeout_seconds, self._left)
        except ActivityError as error:
            raise EndedError("failed", f"step {act.key}: {_cause(error)}") from None

    async def _with_answer(self, act: Act, acted: Acted, step: StepShown) -> Act:
        """Ask people about this very step; the step with their answer."""
        seconds = min(step.approval_minutes * self.request.limits.minute_seconds, self._left)
        question = self.asked_so_far + 1
        until = (workflow.now() + timedelta(seconds=seconds)).isoformat(timespec="seconds")
        words = await self.calls.ask(Shown(act=act, question=question, until=until))
        text = (
            f"step {act.key}: {step.tool} ({step.effect}); its arguments and what undoes it: {words.digest}"
        )
        answered = await self.ask(text, acted.decision.policies, seconds)
        if not answered.approved or self.statement is None:
            who = answered.who or "nobody in time"
            raise EndedError("refused", f"step {act.key}: no yes ({who})")
        return replace(act, question=question, statement=self.statement, seconds_left=self._left)

    def _noted(self, acted: Acted) -> bool:
        if acted.note is None:
            return False
        is_new = acted.note.digest not in self.seen.observed
        self.seen.observed.add(acted.note.digest)
        if is_new:
            self.seen.notes.append(acted.note)
        return is_new

    def _hold_repetitions(self, planned: Planned) -> None:
        for step in planned.steps:
            name = f"{step.tool} {step.arguments}"
            self.seen.planned[name] = self.seen.planned.get(name, 0) + 1
            if self.seen.planned[name] > self.request.limits.repetitions:
                raise EndedError("stopped", f"it goes in circles: {step.tool} with the same arguments again")

    def _disagree(self, reason: str) -> None:
        self.seen.disagreements += 1
        self.line(reason)
        if self.seen.disagreements > self.request.limits.disagreements:
            raise EndedError("stopped", f"plan and act disagree: {reason}")

    def _use(self, tokens: int) -> None:
        self.seen.tokens += tokens
        if self.seen.tokens > self.request.limits.tokens:
            raise EndedError("stopped", "its tokens are spent")
        if self._left <= 0:
            raise EndedError("stopped", "its time is spent")

    async def _back(self, result: str, reason: str) -> Outcome:
        """Undo what changed something, the last first; what cannot be undone now is people's."""
        if self.seen.done:
            self.now_doing(f"goes back: {reason}")
        stuck = []
        while self.seen.done:
            act, timeout_seconds = self.seen.done.pop()
            # It has to end before anybody asks what is left of the run's own time.
            ready = replace(act, seconds_left=1.0, tokens_left=0, token_cents=0)
            try:
                undone = await self.calls.undo(ready, timeout_seconds)
            except ActivityError as error:
                stuck.append(f"{act.key}: {_cause(error)}")
                continue
            self.line(f"{act.key} undone: {undone.result} {undone.reason}".rstrip())
            if undone.result != "done":
                stuck.append(f"{act.key}: {undone.reason or undone.result}")
        if stuck:
            return Outcome(result="stuck", reason=f"{reason}; not undone: {'; '.join(stuck)}")
        return Outcome(result=result, reason=reason)

    def _ask(self, number: int) -> Ask:
        left = self.request.limits.tokens - self.seen.tokens
        if left <= 0 or self._left <= 0:
            raise EndedError("stopped", "its tokens are spent" if left <= 0 else "its time is spent")
        return Ask(
            agent=self.request.agent,
            run=self._run,
            round=number,
            notes=tuple(self.seen.notes),
            tokens_left=left,
            read_only=self.is_read_only,
        )

    def _act(self, number: int, index: int, plan: str) -> Act:
        limits = self.request.limits
        return Act(
            agent=self.request.agent,
            run=self._run,
            environment=self.environment,
            begun_by=self.request.begun_by,
            plan=plan,
            round=number,
            index=index,
            tokens_left=limits.tokens - self.seen.tokens,
            token_cents=self._token_cents,
            seconds_left=self._left,
            read_only=self.is_read_only,
        )

    @property
    def _token_cents(self) -> int:
        """Rounded up."""
        return -(-self.seen.tokens * self.request.limits.cents_per_million_tokens // 1_000_000)

    @property
    def _run(self) -> str:
        return workflow.info().workflow_id

    @property
    def _left(self) -> float:
        return (self.until - workflow.now()).total_seconds()


def _cause(error: ActivityError) -> str:
    return str(error.cause or error)
