"""A candidate goes from its first step to all traffic, each step watched, or is taken back."""

from dataclasses import replace
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops import moves
    from runtime.loops.contract import Decision, Progress, RolloutRequest, Shares
    from runtime.loops.questions import NOBODY
    from runtime.loops.steps import Acted, Outcome, ShareAction, Watch, Watched
    from runtime.loops.verdict import FIRST, Verdict, judge
    from runtime.loops.workflows import call
    from runtime.loops.workflows.rollout_acts import RolloutActs, why
    from runtime.loops.workflows.run import EndedByPersonError

LOOKS: Final = 6
"""How often a held step is looked at, so that what is bad does not wait for the end of the hold."""
PATIENCE: Final = 10
"""How many holds a step may wait to be let on: for requests or a budget. Then the candidate is taken back."""
BLIND: Final = 2
"""How many of them may pass without figures: nobody is watching."""


class TakeBackError(Exception):
    """The candidate must not keep its share."""


class OthersWroteError(Exception):
    """Somebody else wrote the shares: this run's plan is over."""

    def __init__(self, found: Shares) -> None:
        self.found = found
        super().__init__(f"shares are {found}: somebody else wrote them")


@workflow.defn(name="rollout")
class RolloutWorkflow(RolloutActs):
    """The run of one candidate. It ends promoted, rolled back, refused, or because others moved the shares."""

    @workflow.run
    async def run(self, request: RolloutRequest) -> Outcome:
        self.request, self.release, self.environment = request, request.candidate, request.environment
        try:
            if (progress := request.progress) is not None:
                self.now, self.step, self.asked_so_far = progress.now, progress.step, progress.asked
                return await self._stay(progress.window_left)
            if (refused := await self._begin()) is not None:
                return refused
            if (refused := await self._walk()) is not None:
                return refused
            return await self._stay(request.bounds.rollback_seconds)
        except (TakeBackError, EndedByPersonError) as error:
            return await self._take_back(str(error))
        except OthersWroteError as error:
            return self.end(Outcome(result="ended", reason=str(error), shares=error.found))

    async def _begin(self) -> Outcome | None:
        """Where the candidate stands. A run that is begun again goes on from the step it finds."""
        shares = await call.shares(self.request.model)
        stable, candidate = self.request.stable.version, self.request.candidate.version
        self.now = shares.get(candidate, 0)
        known = (0, *self.request.bounds.steps[:-1])
        if self.now not in known or not moves.same(shares, moves.step(stable, candidate, self.now)):
            said = f"shares are {shares}; a rollout begins with {stable} at 100, or at a step of the record"
            return self.end(Outcome(result="refused", reason=said, shares=shares))
        return None

    async def _walk(self) -> Outcome | None:
        """Step by step to all traffic. Something is returned only where nothing was moved at all."""
        verdict, waited = (FIRST if self.now == 0 else await self._hold()), 0
        while (share := moves.next_step(self.request.bounds.steps, self.now)) is not None:
            if verdict.word == "bad":
                raise TakeBackError("; ".join(verdict.reasons))
            blocked = "; ".join(verdict.reasons)
            if verdict.word in ("first", "good"):
                acted, asked = await self._take_step(share, verdict)
                if acted.done:
                    waited = 0
                    verdict = await self._hold() if self.now < moves.WHOLE else FIRST
                    continue
                blocked = why(acted.decision)
                if self.now == 0:
                    return await self._refused(acted, blocked)
                if asked:
                    raise TakeBackError(blocked)
            waited += 1
            patience = BLIND if verdict.word == "unknown" else PATIENCE
            if waited > patience:
                raise TakeBackError(f"not let on after {patience} more holds: {blocked}")
            self.line(f"stays at {self.now}: {blocked}")
            verdict = await self._hold()
        return None

    async def _take_step(self, share: int, verdict: Verdict) -> tuple[Acted, bool]:
        """Give the candidate its share; whether a person was asked."""
        action: ShareAction = "promotion" if share == moves.WHOLE else "step"
        acted = await self._set(action, share, verdict.word, NOBODY)
        asked = acted.decision.answer == "ask"
        if asked:
            question = f"{action} of {self.request.candidate.identity} to {share} per cent"
            approval, who = await self.ask_and_say(
                question,
                acted.decision,
                self.request.answer_seconds,
                begun_by=self.request.begun_by,
                bounds=self.request.bounds,
            )
            if not approval.given:
                refusal = Decision(
                    answer="refused",
                    policies=acted.decision.policies,
                    inputs=acted.decision.inputs,
                    policy_set=acted.decision.policy_set,
                    problems=(f"refused by {who}",),
                )
                return Acted(done=False, decision=refusal, shares=acted.shares), True
            acted = await self._set(action, share, verdict.word, approval)
        if acted.moved_by_others:
            raise OthersWroteError(acted.shares)
        if acted.done:
            before, self.now = self.now, share
            self.now_doing(f"{self.request.candidate.version} answers {share} per cent")
            await self._say(action, acted.decision, self._at(before), verdict=verdict.word)
            if action == "promotion":
                await self._propose()
        return acted, asked

    async def _hold(self) -> Verdict:
        """Watch a step for as long as the record says.

        Raises:
            TakeBackError: the release is no longer what it was.
            OthersWroteError: the shares are not ours any more.
        """
        hold = self.request.bounds.hold_seconds
        for look in range(1, LOOKS + 1):
            await self.pause(hold / LOOKS)
            verdict = await self._look(hold * look / LOOKS, within=max(hold / LOOKS, 60.0))
            if verdict.word == "bad" or look == LOOKS:
                break
        return verdict

    async def _look(self, window: float, within: float) -> Verdict:
        request = self.request
        look = Watch(
            model=request.model,
            candidate=request.candidate,
            stable=request.stable.version,
            window_seconds=window,
            today=call.today(),
        )
        try:
            seen = await call.watch(look, within)
        except ActivityError:
            return Verdict(word="unknown", reasons=("figures could not be had",))
        self._check(seen)
        self.last = {request.candidate.version: seen.candidate, request.stable.version: seen.stable}
        return judge(seen.candidate, seen.stable, request.bounds)

    def _check(self, seen: Watched) -> None:
        if not moves.same(seen.shares, self._at(self.now)):
            raise OthersWroteError(seen.shares)
        if seen.facts.record != self.request.candidate.record:
            raise TakeBackError("the record is not the one the run began with")
        if seen.facts.word in ("revoked", "sunset", "not approved"):
            raise TakeBackError(f"{self.request.candidate.identity} is {seen.facts.word}")

    async def _stay(self, window: float) -> Outcome:
        """The version before stays warm, and what turns out bad goes back to it."""
        hold = self.request.bounds.hold_seconds
        self.now_doing(f"{self.request.candidate.version} answers all; the way back stays open")
        while window > 0:
            if workflow.info().is_continue_as_new_suggested():
                left = Progress(now=self.now, step=self.step, asked=self.asked_so_far, window_left=window)
                workflow.continue_as_new(replace(self.request, progress=left))
            await self.pause(min(hold, window))
            window -= hold
            verdict = await self._look(hold, within=max(hold, 60.0))
            if verdict.word == "bad":
                raise TakeBackError("; ".join(verdict.reasons))
        return self.end(Outcome(result="promoted", shares=self._at(self.now), verified=True))
