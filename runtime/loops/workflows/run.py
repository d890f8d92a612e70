"""What every run can do: say what it is doing, ask a person and wait, end when a person says so, append what it did."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops import names
    from runtime.loops.contract import Bounds, Decision, Kind, Statement, VersionRef
    from runtime.loops.questions import NOBODY, Approval
    from runtime.loops.steps import Asked, Outcome, Saying, Status
    from runtime.loops.workflows import call

_MOST_LINES: Final = 50
_OF_RUNS: Final = ("rollout", "drift", "decision")
"""Kinds that name their run in fields of their own (releases/run_events.py); others in their evidence alone."""


class EndedByPersonError(Exception):
    """Somebody ended the run; ``who`` was verified."""

    def __init__(self, who: str) -> None:
        self.who = who
        super().__init__(f"ended by {who}")


@dataclass(frozen=True, kw_only=True)
class Answered:
    """How a question ended. Nobody answered in time is a refusal by nobody."""

    approved: bool
    who: str
    waited_seconds: float


class Run:
    """The part that all workflows share. ``kind``, ``environment`` and ``release`` are set when it begins."""

    kind: Kind

    def __init__(self) -> None:
        self.environment = ""
        self.release: VersionRef | None = None
        self.step = 0
        self.asked_so_far = 0
        self._state = "begins"
        self._lines: list[str] = []
        self._asked: Asked | None = None
        self._statements: list[Statement] = []
        self.statement: Statement | None = None
        """The last answer that counted."""
        self._outcome: Outcome | None = None

    @workflow.query
    def status(self) -> Status:
        return Status(state=self._state, lines=tuple(self._lines), asked=self._asked, outcome=self._outcome)

    @workflow.signal
    def decide(self, statement: Statement) -> None:
        """A person's answer, or a person who ends the run. It counts once its signature was verified."""
        self._statements.append(statement)

    def now_doing(self, state: str) -> None:
        self._state = state
        self.line(state)

    def line(self, text: str) -> None:
        self._lines.append(f"{workflow.now().isoformat(timespec='seconds')} {text}")
        del self._lines[:-_MOST_LINES]

    def end(self, outcome: Outcome) -> Outcome:
        self._outcome = outcome
        self.now_doing(f"{outcome.result}: {outcome.reason}" if outcome.reason else outcome.result)
        return outcome

    async def pause(self, seconds: float) -> None:
        """Wait, unless a person ends the run.

        Raises:
            EndedByPersonError: somebody did.
        """
        until = workflow.now() + timedelta(seconds=seconds)
        while (left := (until - workflow.now()).total_seconds()) > 0:
            if not await _waited(lambda: bool(self._statements), left):
                return
            await self._next_statement()

    async def ask(
        self, text: str, policies: tuple[str, ...], seconds: float, no_approvers: tuple[str, ...] = ()
    ) -> Answered:
        """Wait for a person's verified answer to this very question; silence is no.

        A yes of somebody in ``no_approvers`` leaves the question open for others; their no counts.

        Raises:
            EndedByPersonError: somebody ended the whole run instead.
        """
        begun = workflow.now()
        until = begun + timedelta(seconds=seconds)
        self.asked_so_far += 1
        self._asked = Asked(
            number=self.asked_so_far,
            text=text,
            policies=policies,
            begun_at=begun.isoformat(timespec="seconds"),
            until=until.isoformat(timespec="seconds"),
            no_approvers=no_approvers,
        )
        self.now_doing(f"waits for a person: {text}")
        answer = Answered(approved=False, who="", waited_seconds=seconds)
        try:
            while (left := (until - workflow.now()).total_seconds()) > 0:
                if not await _waited(lambda: bool(self._statements), left):
                    break
                given = await self._next_statement()
                if given is not None and given[0].decision == "approved" and given[1] in no_approvers:
                    self.line(f"{given[1]} had a hand in it; somebody else approves")
                elif given is not None:
                    waited, self.statement = (workflow.now() - begun).total_seconds(), given[0]
                    answer = Answered(
                        approved=given[0].decision == "approved", who=given[1], waited_seconds=waited
                    )
                    break
        finally:
            self._asked = None
        self.line(f"{'approved' if answer.approved else 'refused'} by {answer.who or 'nobody in time'}")
        return answer

    async def _next_statement(self) -> tuple[Statement, str] | None:
        """The next statement and who it is by; nothing for one that does not count."""
        statement = self._statements.pop(0)
        if statement.run != workflow.info().workflow_id:
            self.line(f"an answer to {statement.run} was sent here; it does not count")
            return None
        try:
            who = await call.verify_statement(statement)
        except ActivityError:
            self.line(f"an answer in the name of {statement.who} has no valid signature; it does not count")
            return None
        if statement.decision == "aborted" and statement.question == 0:
            raise EndedByPersonError(who)
        if self._asked is None or statement.question != self._asked.number:
            self.line(f"{who} answered question {statement.question}, which is not open")
            return None
        return statement, who

    async def say(self, kind: str, ruling: Decision, fields: Mapping[str, Any], who: str = "") -> None:
        """Append an event; what is said twice by a retry stands once."""
        release = self._release()
        run = f"{workflow.info().workflow_id}/{workflow.info().first_execution_run_id}"
        event: Mapping[str, Any] = {
            "kind": kind,
            "date": call.today(),
            "who": who or names.speaker(self.kind, self.environment),
            "record": release.record,
            "evidence": [f"run {run}, step {self.step}"],
            **fields,
        }
        if kind in _OF_RUNS:
            event = {
                **event,
                "run": run,
                "step": self.step,
                "decided_by": list(ruling.policies),
                "policy_set": ruling.policy_set,
            }
        saying = Saying(
            kind=self.kind,
            environment=self.environment,
            release=release,
            run=run,
            step=self.step,
            event=event,
        )
        self.step += 1
        self.line(f"appended {await call.append(saying)}")

    async def ask_and_say(
        self, question: str, decision: Decision, seconds: float, *, begun_by: str, bounds: Bounds
    ) -> tuple[Approval, str]:
        """Ask a person, append what they said, and return it as policies read it, with who said it."""
        hands = tuple(sorted({*bounds.no_approvers, begun_by} - {""}))
        answered = await self.ask(question, decision.policies, seconds, hands if bounds.four_eyes else ())
        await self.say(
            "decision",
            decision,
            {
                "question": question,
                "decision": "approved" if answered.approved else "refused",
                "waited_seconds": round(answered.waited_seconds, 3),
            },
            who=answered.who,
        )
        if not answered.approved:
            return NOBODY, answered.who or "nobody"
        given = Approval(
            given=True,
            by=answered.who,
            begun_by=begun_by,
            four_eyes=bounds.four_eyes,
            no_approvers=bounds.no_approvers,
        )
        return given, answered.who

    async def open_incident(self, decision: Decision, *, summary: str, severity: str) -> None:
        """Append that something is wrong and needs people."""
        name = f"{self.kind}-{call.today()}-{self.step}"
        said = {"name": name, "severity": severity, "status": "open", "summary": summary}
        await self.say("incident", decision, said)

    def _release(self) -> VersionRef:
        if self.release is None:
            raise RuntimeError("a run says nothing before it knows its release")
        return self.release


async def _waited(condition: Any, seconds: float) -> bool:
    """Whether the condition came true in time."""
    try:
        await workflow.wait_condition(condition, timeout=timedelta(seconds=seconds))
    except TimeoutError:
        return False
    return True
