"""Taking a version's traffic away: what remedy, drift and end of life share."""

from dataclasses import replace
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops import moves
    from runtime.loops.contract import Bounds, Decision, Figures, Shares, VersionRef
    from runtime.loops.questions import NOBODY, Approval
    from runtime.loops.steps import Acted, Change, Moved, Outcome
    from runtime.loops.workflows import call
    from runtime.loops.workflows.rollout_acts import why
    from runtime.loops.workflows.run import Run
    from runtime.loops.workflows.tell import figures_of

_ATTEMPTS: Final = 5


class Away(Run):
    """A run that may take a version's traffic away, if policy or a person lets it."""

    bounds: Bounds

    def __init__(self) -> None:
        super().__init__()
        self.target = ""

    async def take_away(
        self, reason: str, severity: str, answer_seconds: float, begun_by: str, *, to_fallback: bool = True
    ) -> Outcome:
        """Ask policy, a person where it says so, move the traffic, verify, and append each of these.

        The record's fallback takes over where it names one that can; without ``to_fallback`` those that answer do.
        """
        release = self._release()
        shares = await call.shares(release.model)
        if shares.get(release.version, 0) == 0:
            return Outcome(result="nothing to do", reason=f"{release.identity} has no traffic", shares=shares)
        self.target = await self._fallback(shares) if to_fallback else ""
        acted = await self._move(shares, reason, severity)
        if acted.decision.answer == "ask":
            to = f" and give it to {self.target}" if self.target else ""
            question = f"take {shares[release.version]} per cent away from {release.identity}{to}: {reason}"
            approval, who = await self.ask_and_say(
                question, acted.decision, answer_seconds, begun_by=begun_by, bounds=self.bounds
            )
            if not approval.given:
                return Outcome(result="refused", reason=f"refused by {who}", shares=shares)
            acted = await self._move(shares, reason, severity, approval_of=approval)
        if not acted.done:
            return await self._not_moved(acted, reason, severity)
        return await self._moved(acted, shares, reason)

    async def _fallback(self, shares: Shares) -> str:
        """The record's fallback, if it is deployed and may be served."""
        model, version = self._release().model, self.bounds.fallback
        if not version:
            return ""
        if version not in shares:
            self.line(f"the fallback {version} is not deployed (there are {', '.join(sorted(shares))})")
            return ""
        try:
            facts = await call.facts(VersionRef(model=model, version=version, record=""))
        except ActivityError as error:
            self.line(f"the fallback {version} cannot be read: {error.cause}")
            return ""
        if facts.word not in moves.SERVED:
            self.line(f"the fallback {version} is {facts.word}")
            return ""
        return version

    async def _move(
        self, shares: Shares, reason: str, severity: str, approval_of: Approval = NOBODY
    ) -> Acted:
        """Others may write meanwhile; what stands then is what is changed."""
        before = shares
        for _ in range(_ATTEMPTS):
            version = self._release().version
            after = (
                moves.over(before, version, self.target) if self.target else moves.without(before, version)
            )
            change = self._change(before, after or before, reason, severity)
            acted = await call.set_shares(replace(change, approval=approval_of))
            if not acted.moved_by_others:
                return acted
            before = acted.shares
        return acted

    def _change(self, before: Shares, after: Shares, reason: str, severity: str) -> Change:
        return Change(
            kind=self.kind,
            environment=self.environment,
            action="take-away",
            release=self._release(),
            stable="",
            before=before,
            after=after,
            today=call.today(),
            reason=reason,
            severity=severity,
            target=self.target,
        )

    async def _not_moved(self, acted: Acted, reason: str, severity: str) -> Outcome:
        """Policy refused, or others keep writing: people must know."""
        release = self._release()
        said = f"{reason}; traffic of {release.identity} was not moved: {why(acted.decision)}"
        if acted.moved_by_others:
            said = f"{reason}; traffic of {release.identity} was not moved: others keep writing its shares"
        await self._say_shares("refused", acted.decision, acted.shares, acted.shares, said)
        await self.open_incident(acted.decision, summary=said, severity=_severity(severity))
        return Outcome(result="refused", reason=why(acted.decision), shares=acted.shares)

    async def _moved(self, acted: Acted, before: Shares, reason: str) -> Outcome:
        release = self._release()
        self.now_doing(f"traffic of {release.identity} was taken away; looks whether figures show it")
        moved = Moved(
            model=release.model,
            quiet=release.version,
            shares=acted.shares,
            window_seconds=self.bounds.verify_window_seconds,
            aborts=self.bounds.aborts,
        )
        try:
            figures, verified = await call.verify_moved(moved, self.bounds.verify_seconds), True
        except ActivityError:
            figures, verified = {}, False
        await self._say_shares(
            "take-away", acted.decision, before, acted.shares, reason, verified=verified, figures=figures
        )
        said = f"{reason}: traffic of {release.identity} was taken away"
        said += "" if verified else "; figures do not show it"
        await self.open_incident(acted.decision, summary=said, severity="high" if verified else "critical")
        return Outcome(result="taken away", reason=reason, shares=acted.shares, verified=verified)

    async def _say_shares(
        self,
        action: str,
        decision: Decision,
        before: Shares,
        after: Shares,
        verdict: str,
        *,
        verified: bool | None = None,
        figures: dict[str, Figures] | None = None,
    ) -> None:
        said = {
            "action": action,
            "before": before,
            "after": after,
            "verdict": verdict,
            "figures": figures_of(figures or {}),
        }
        await self.say("rollout", decision, said if verified is None else {**said, "verified": verified})


def _severity(alert: str) -> str:
    return "critical" if alert == "critical" else "high"
