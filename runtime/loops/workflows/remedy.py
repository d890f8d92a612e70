"""An alert names a version that does harm: its traffic is taken away, by policy alone or when a person says so."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from runtime.loops.contract import Kind, RemedyRequest
    from runtime.loops.steps import Outcome
    from runtime.loops.workflows.away import Away
    from runtime.loops.workflows.run import EndedByPersonError


@workflow.defn(name="remedy")
class RemedyWorkflow(Away):
    """The run of one version's outage. However many alerts tell of it, it is one run."""

    kind: Kind = "remedy"

    @workflow.run
    async def run(self, request: RemedyRequest) -> Outcome:
        self.bounds, self.release, self.environment = request.bounds, request.release, request.environment
        self.now_doing(f"{request.alert} of {request.release.identity}")
        try:
            outcome = await self.take_away(
                request.alert, request.severity, request.answer_seconds, begun_by=""
            )
        except EndedByPersonError as error:
            outcome = Outcome(result="ended", reason=str(error))
        return self.end(outcome)

    @workflow.signal
    def alerted(self, alert: str) -> None:
        """Another alert of the same outage: noted, and nothing more."""
        self.line(f"{alert} again")
