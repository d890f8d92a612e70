"""Signals of a version are compared with their references, window by window; what differs is told, and asked about."""

from dataclasses import replace
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops.contract import Decision, Kind
    from runtime.loops.requests import DriftRequest, Signal
    from runtime.loops.steps import DriftLook, Opening, Outcome, SignalSeen
    from runtime.loops.workflows import call
    from runtime.loops.workflows.away import Away
    from runtime.loops.workflows.run import EndedByPersonError


_WITHIN_SECONDS: Final = 300.0
"""How long a signal may take to be had; the next window asks again."""


@workflow.defn(name="drift")
class DriftWorkflow(Away):
    """The run of one version's signals. What drifts is acted on once, until it was quiet again."""

    kind: Kind = "drift"

    @workflow.run
    async def run(self, request: DriftRequest) -> Outcome:
        self.request, self.bounds = request, request.bounds
        self.release, self.environment, self.step = request.release, request.environment, request.step
        drifting, left = set(request.drifting), request.windows
        self.now_doing(f"looks at {', '.join(s.name for s in request.signals)} of {request.release.identity}")
        try:
            while True:
                await self.pause(request.window_seconds)
                for signal in request.signals:
                    seen = await self._look(signal)
                    if seen.word == "drift" and signal.name not in drifting:
                        drifting.add(signal.name)
                        await self._act(signal, seen)
                    elif seen.word == "quiet":
                        drifting.discard(signal.name)
                left -= 1
                if left == 0:
                    return self.end(Outcome(result="looked", reason=", ".join(sorted(drifting)) or "quiet"))
                if workflow.info().is_continue_as_new_suggested():
                    carried = replace(
                        request, windows=max(left, 0), step=self.step, drifting=tuple(sorted(drifting))
                    )
                    workflow.continue_as_new(carried)
        except EndedByPersonError as error:
            return self.end(Outcome(result="ended", reason=str(error)))

    async def _look(self, signal: Signal) -> SignalSeen:
        look = DriftLook(
            release=self.request.release, signal=signal, window_seconds=self.request.window_seconds
        )
        try:
            seen = await call.drift(look, within=_WITHIN_SECONDS)
        except ActivityError as error:
            self.line(f"{signal.name}: could not be had: {error.cause}")
            return SignalSeen(name=signal.name, word="unknown")
        self.line(
            f"{seen.name}: {seen.word} ({seen.value:.4g}, {seen.threshold:.4g} allowed, {seen.samples} samples)"
        )
        return seen

    async def _act(self, signal: Signal, seen: SignalSeen) -> None:
        """Tell of it, and do what the record says, as far as policy or a person lets it."""
        then, reason = self.request.then, f"drift of {signal.name}"
        what = {
            "signal": signal.name,
            "statistic": signal.statistic,
            "value": round(seen.value, 6),
            "threshold": round(seen.threshold, 6),
            "samples": seen.samples,
            "window_seconds": self.request.window_seconds,
            "reference": signal.reference,
            "remedy": then,
        }
        decision = await self._opened(reason, what)
        await self.say("drift", decision, what)
        if then == "incident":
            await self.open_incident(
                decision, summary=f"{reason} of {self.request.release.identity}", severity="high"
            )
        elif then in ("less-traffic", "fallback"):
            await self._take_away(reason, to_fallback=then == "fallback")

    async def _take_away(self, reason: str, *, to_fallback: bool) -> None:
        outcome = await self.take_away(
            reason, "warning", self.request.answer_seconds, begun_by="", to_fallback=to_fallback
        )
        self.line(f"{outcome.result}: {outcome.reason}")

    async def _opened(self, reason: str, what: dict[str, object]) -> Decision:
        return await call.open_for_people(
            Opening(
                kind=self.kind,
                environment=self.environment,
                release=self.request.release,
                run=workflow.info().workflow_id,
                action="open-retraining" if self.request.then == "retraining-ticket" else "open-incident",
                reason=reason,
                severity="warning",
                what=what,
                title="retraining" if self.request.then == "retraining-ticket" else "",
            )
        )
