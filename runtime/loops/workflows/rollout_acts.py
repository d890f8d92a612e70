"""What a rollout does to shares and says of it: one step, all the way back, and the change that people merge."""

from dataclasses import replace
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops import moves
    from runtime.loops.contract import Decision, Figures, Kind, RolloutRequest, Shares
    from runtime.loops.questions import Approval
    from runtime.loops.steps import Acted, Change, Moved, Outcome, Proposal, ShareAction
    from runtime.loops.workflows import call
    from runtime.loops.workflows.run import Run
    from runtime.loops.workflows.tell import figures_of

_ATTEMPTS: Final = 5
"""How often shares that others write meanwhile are read again."""


def why(decision: Decision) -> str:
    """What a decision rests on, in one line."""
    return ", ".join([*decision.problems, *decision.policies]) or "no policy permits it"


class RolloutActs(Run):
    """The acting half of a rollout; ``rollout`` decides when."""

    kind: Kind = "rollout"
    request: RolloutRequest

    def __init__(self) -> None:
        super().__init__()
        self.now = 0
        self.last: dict[str, Figures] = {}

    async def _take_back(self, reason: str) -> Outcome:
        """All traffic to the stable, whatever others wrote meanwhile, and figures that show it."""
        stable, candidate = self.request.stable.version, self.request.candidate.version
        if self.now == 0:
            return self.end(Outcome(result="ended", reason=reason, shares=self._at(0)))
        self.now_doing(f"takes {candidate} back: {reason}")
        before, after = self._at(self.now), self._at(0)
        for _ in range(_ATTEMPTS):
            acted = await call.set_shares(self._change("rollback", before, after, reason))
            if acted.done or not acted.moved_by_others:
                break
            before = acted.shares
            if before.get(candidate, 0) == 0:
                return self.end(
                    Outcome(result="ended", reason=f"{reason}; others took it back", shares=before)
                )
        if not acted.done:
            said = f"{reason}; taking it back was not possible: {why(acted.decision)}"
            await self._say("refused", acted.decision, before, after=before, verdict=said)
            await self.open_incident(acted.decision, summary=said, severity="critical")
            return self.end(Outcome(result="stuck", reason=said, shares=before))
        self.now = 0
        verified = await self._verified(after)
        await self._say("rollback", acted.decision, before, verdict=reason, verified=verified)
        if not verified:
            said = f"{candidate} was taken back ({reason}), and figures do not show it"
            await self.open_incident(acted.decision, summary=said, severity="high")
        self.line(f"{stable} answers all again")
        return self.end(Outcome(result="rolled back", reason=reason, shares=after, verified=verified))

    async def _verified(self, after: Shares) -> bool:
        bounds = self.request.bounds
        moved = Moved(
            model=self.request.model,
            quiet=self.request.candidate.version,
            shares=after,
            window_seconds=bounds.verify_window_seconds,
            aborts=bounds.aborts,
        )
        try:
            self.last = await call.verify_moved(moved, bounds.verify_seconds)
        except ActivityError:
            return False
        return True

    async def _refused(self, acted: Acted, why: str) -> Outcome:
        await self._say("refused", acted.decision, self._at(0), after=self._at(0), verdict=why)
        return self.end(Outcome(result="refused", reason=why, shares=self._at(0)))

    async def _propose(self) -> None:
        """What makes the stack file say what is true, for people to merge."""
        where = await call.propose(
            Proposal(
                kind=self.kind,
                environment=self.environment,
                release=self.request.candidate,
                run=workflow.info().workflow_id,
                what="promotion",
                change={
                    "model": self.request.model,
                    "stable": self.request.candidate.version,
                    "previous": self.request.stable.version,
                },
            )
        )
        self.line(f"proposed {where}")

    def _at(self, share: int) -> Shares:
        return moves.step(self.request.stable.version, self.request.candidate.version, share)

    async def _set(self, action: ShareAction, share: int, verdict: str, approval: Approval) -> Acted:
        """The next share, if policy lets it."""
        change = self._change(action, self._at(self.now), self._at(share), "")
        return await call.set_shares(replace(change, verdict=verdict, approval=approval))

    def _change(self, action: ShareAction, before: Shares, after: Shares, reason: str) -> Change:
        return Change(
            kind=self.kind,
            environment=self.environment,
            action=action,
            release=self.request.candidate,
            stable=self.request.stable.version,
            before=before,
            after=after,
            today=call.today(),
            reason=reason,
            verdict="bad",
        )

    async def _say(
        self,
        action: str,
        decision: Decision,
        before: Shares,
        *,
        verdict: str,
        after: Shares | None = None,
        verified: bool | None = None,
    ) -> None:
        said = {
            "action": action,
            "before": before,
            "after": self._at(self.now) if after is None else after,
            "verdict": verdict,
            "figures": figures_of(self.last),
        }
        await self.say("rollout", decision, said if verified is None else {**said, "verified": verified})
