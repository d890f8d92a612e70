"""Activities that measure: only what is served, only on data that is what it should be, and by nobody who made it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from temporalio import activity

from runtime.loops import questions
from runtime.loops.contract import Decision, Kind
from runtime.loops.questions import Asking
from runtime.loops.requests import EvaluationRequest
from runtime.loops.steps import MeasuredValue
from runtime.loops.world import World


@dataclass(frozen=True)
class Measuring:
    """Measures for the workflow of evaluation, if policy lets it."""

    world: World
    kind: Kind

    def all(self) -> Sequence[Callable[..., Any]]:
        return (self.measure,)

    @activity.defn(name="measure")
    def measure(self, request: EvaluationRequest) -> MeasuredValue:
        """The figure, and who decided that it may be taken; none where policy refuses."""
        decision = self._decided(request)
        if not decision.allows:
            return MeasuredValue(decision=decision, by=self.world.measurer.identity)
        value = self.world.measurer.measure(request, activity.heartbeat)
        return MeasuredValue(decision=decision, by=self.world.measurer.identity, value=value)

    def _decided(self, request: EvaluationRequest) -> Decision:
        release, measurer = request.release, self.world.measurer
        asking = Asking(kind=self.kind, model=release.model, environment=request.environment)
        return self.world.policy.decide(
            questions.measured(
                asking,
                readable=measurer.readable(request.agreed.held_out),
                by_maker=measurer.identity in request.makers,
                matches=measurer.artifact(release.model, release.version) == request.artifact,
            )
        )
