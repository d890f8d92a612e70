"""A version ends: its callers are warned, moved to its successor on its day, or it loses all traffic at once."""

from dataclasses import replace
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ChildWorkflowError, WorkflowAlreadyStartedError

with workflow.unsafe.imports_passed_through():
    from runtime.loops import names, questions
    from runtime.loops.contract import Decision, Kind, ReleaseFacts, RolloutRequest
    from runtime.loops.questions import Asking
    from runtime.loops.requests import EndOfLifeRequest
    from runtime.loops.steps import Opening, Outcome, Proposal
    from runtime.loops.workflows import call
    from runtime.loops.workflows.away import Away
    from runtime.loops.workflows.rollout_acts import why
    from runtime.loops.workflows.run import EndedByPersonError

LOOKS: Final = 30
"""How many windows a version may still be called before somebody has to find out by whom."""


@workflow.defn(name="end-of-life")
class EndOfLifeWorkflow(Away):
    """The run of one version's end."""

    kind: Kind = "end-of-life"

    @workflow.run
    async def run(self, request: EndOfLifeRequest) -> Outcome:
        self.request, self.bounds = request, request.bounds
        self.release, self.environment = request.release, request.environment
        self.asking = Asking(kind=self.kind, model=request.release.model, environment=request.environment)
        self.now_doing(f"{request.reason} of {request.release.identity}")
        try:
            match request.reason:
                case "revocation":
                    return self.end(await self._revoke())
                case "sunset":
                    return self.end(await self._sunset())
                case "deprecation":
                    return self.end(await self._warn())
        except EndedByPersonError as error:
            return self.end(Outcome(result="ended", reason=str(error)))

    async def _revoke(self) -> Outcome:
        """All traffic away at once; how much it had answered is told with it."""
        served = await self._requests()
        told = "how much it answered is not known" if served is None else f"it answered {served:.0f} requests"
        outcome = await self.take_away(
            f"revocation ({told} in the last {self.bounds.rollback_seconds:.0f} seconds)",
            "critical",
            self.request.answer_seconds,
            begun_by=self.request.begun_by,
        )
        if outcome.result == "refused":
            self.line(
                "no other version can answer: the stack file has to take it out, or give it a successor"
            )
        return outcome

    async def _warn(self) -> Outcome:
        """Whoever still calls it is told of in time."""
        served = await self._requests()
        successor = self.request.successor
        await call.open_for_people(
            Opening(
                kind=self.kind,
                environment=self.environment,
                release=self.request.release,
                run=workflow.info().workflow_id,
                action="open-incident",
                reason="deprecation",
                severity="warning",
                what={
                    "requests": served,
                    "seconds": self.bounds.rollback_seconds,
                    "successor": successor.version if successor else None,
                },
                title="callers have to move",
            )
        )
        return Outcome(
            result="warned", reason="unknown callers" if served is None else f"{served:.0f} requests"
        )

    async def _sunset(self) -> Outcome:
        """Callers move to the successor by an ordinary rollout; then the version is proposed to be taken out."""
        successor = self.request.successor
        facts = await call.facts(self.request.release)
        after = await call.facts(successor) if successor is not None else None
        decision = await self._may_move(facts, after)
        if not decision.allows or successor is None:
            said = f"callers of {self.request.release.identity} stay: {why(decision)}"
            await self.open_incident(decision, summary=said, severity="high")
            return Outcome(result="refused", reason=why(decision))
        moved = await self._move_callers()
        if moved.result != "promoted":
            return replace(moved, result="refused", reason=f"{moved.result}: {moved.reason}")
        return await self._tear_down(moved)

    async def _may_move(self, facts: ReleaseFacts, after: ReleaseFacts | None) -> Decision:
        due = facts.word == "sunset"
        question = questions.move(self.asking, reason=self.request.reason, due=due, successor=after)
        decision = await call.decide(question)
        if decision.answer != "ask":
            return decision
        approval, who = await self.ask_and_say(
            f"move callers of {self.request.release.identity} before its day",
            decision,
            self.request.answer_seconds,
            begun_by=self.request.begun_by,
            bounds=self.bounds,
        )
        if not approval.given:
            return replace(decision, answer="refused", problems=(f"refused by {who}",))
        asking = replace(self.asking, approval=approval)
        return await call.decide(questions.move(asking, reason=self.request.reason, due=due, successor=after))

    async def _move_callers(self) -> Outcome:
        """The successor's own rollout, on the queue of rollouts, by their identity."""
        request, successor = self.request, self.request.successor
        if successor is None:
            raise RuntimeError("nobody to move to")
        model = request.release.model
        try:
            outcome: Outcome = await workflow.execute_child_workflow(
                "rollout",
                RolloutRequest(
                    stable=request.release,
                    candidate=successor,
                    bounds=request.bounds,
                    environment=request.environment,
                    begun_by=request.begun_by,
                    answer_seconds=request.answer_seconds,
                    purpose="sunset",
                ),
                id=names.rollout_run(model),
                task_queue="rollout",
                result_type=Outcome,
            )
        except WorkflowAlreadyStartedError:
            return Outcome(result="refused", reason=f"{names.rollout_run(model)} is running already")
        except ChildWorkflowError as error:
            return Outcome(result="refused", reason=str(error.cause or error))
        return outcome

    async def _tear_down(self, moved: Outcome) -> Outcome:
        release = self.request.release
        for _ in range(LOOKS):
            served = await self._requests()
            shares = await call.shares(release.model)
            if served is not None:
                share = shares.get(release.version, 0)
                decision = await call.decide(
                    questions.down(self.asking, reason=self.request.reason, share=share, requests=served)
                )
                if decision.allows:
                    return await self._propose_end(moved)
                self.line(f"still {share} per cent and {served:.0f} requests")
            await self.pause(max(self.bounds.rollback_seconds, self.bounds.hold_seconds))
        return replace(
            moved, result="moved", reason=f"{release.identity} is still called; it stays in the stack file"
        )

    async def _propose_end(self, moved: Outcome) -> Outcome:
        release = self.request.release
        where = await call.propose(
            Proposal(
                kind=self.kind,
                environment=self.environment,
                release=release,
                run=workflow.info().workflow_id,
                what="tear-down",
                change={"model": release.model, "remove": release.version},
            )
        )
        self.line(f"proposed {where}")
        return replace(moved, result="taken down", reason=f"proposed {where}")

    async def _requests(self) -> float | None:
        """What the version answered in the window in which it could be returned to; nothing where that is not known."""
        release, window = self.request.release, max(self.bounds.rollback_seconds, 60.0)
        try:
            found = await call.figures(release.model, release.version, window, within=60.0)
        except ActivityError:
            return None
        return found.requests
