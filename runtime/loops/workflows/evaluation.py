"""A release is measured on held-out data, and what came out is appended whatever it says."""

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from runtime.loops.contract import Kind
    from runtime.loops.requests import EvaluationRequest
    from runtime.loops.steps import MeasuredValue, Outcome
    from runtime.loops.workflows import call
    from runtime.loops.workflows.rollout_acts import why
    from runtime.loops.workflows.run import Run


@workflow.defn(name="evaluation")
class EvaluationWorkflow(Run):
    """The run of one measurement. A figure beyond its floor is appended too: the gate reads it."""

    kind: Kind = "evaluation"

    @workflow.run
    async def run(self, request: EvaluationRequest) -> Outcome:
        self.release, self.environment = request.release, request.environment
        agreed = request.agreed
        self.now_doing(f"measures {agreed.suite} {agreed.metric} of {request.release.identity}")
        facts = await call.facts(request.release)
        if facts.record != request.release.record:
            return self.end(Outcome(result="refused", reason="the record is not the one the run began with"))
        try:
            measured = await call.measure(request)
        except ActivityError as error:
            return self.end(Outcome(result="failed", reason=str(error.cause)))
        if measured.value is None:
            return self.end(Outcome(result="refused", reason=why(measured.decision)))
        await self._say(request, measured, measured.value)
        word = "holds" if agreed.holds(measured.value) else "below its floor"
        return self.end(Outcome(result=word, reason=self._beside(request, measured.value)))

    async def _say(self, request: EvaluationRequest, measured: MeasuredValue, value: float) -> None:
        agreed = request.agreed
        figure = {
            "suite": agreed.suite,
            "suite_version": agreed.suite_version,
            "dataset_digest": agreed.held_out,
            "metric": agreed.metric,
            "kind": agreed.kind,
            "value": round(value, 6),
            "floor": agreed.floor,
            "direction": agreed.direction,
            "by": measured.by,
            "date": call.today(),
        }
        notes = self._beside(request, value)
        await self.say("evaluation", measured.decision, {"evaluation": figure, "notes": notes})

    @staticmethod
    def _beside(request: EvaluationRequest, value: float) -> str:
        agreed, stable = request.agreed, request.stable_value
        beside = "no stable was measured" if stable is None else f"the stable has {stable:g}"
        return f"{agreed.metric} {value:.6g}, floor {agreed.floor:g}; {beside}"
