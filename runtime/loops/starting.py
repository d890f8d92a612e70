"""Starting runs and answering them: the only way in, for people, alerts and the clock."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from temporalio.client import Client, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError, RPCStatusCode, TLSConfig

from runtime.loops import names
from runtime.loops.alerts import Firing
from runtime.loops.contract import Kind, RemedyRequest, Said, Statement
from runtime.loops.events.signing import Signer
from runtime.loops.people.statements import attested
from runtime.loops.settings import LoopsError, TemporalSettings
from runtime.loops.steps import Asked, Status

_CONNECT_SECONDS: Final = 10


async def connect(settings: TemporalSettings, metrics: str = "") -> Client:
    """A client. With ``metrics`` its process answers Prometheus at this host and port.

    Raises:
        LoopsError: Temporal does not answer.
    """
    try:
        return await Client.connect(
            settings.address,
            namespace=settings.namespace,
            tls=TLSConfig() if settings.tls else False,
            runtime=_exporting(metrics) if metrics else None,
        )
    except (RuntimeError, RPCError) as error:
        raise LoopsError(f"temporal.address: {settings.address} does not answer: {error}") from None


def _exporting(address: str) -> Runtime:
    try:
        return Runtime(telemetry=TelemetryConfig(metrics=PrometheusConfig(bind_address=address)))
    except (ValueError, RuntimeError) as error:
        raise LoopsError(
            f"metrics: should be a free host and port such as 127.0.0.1:9464 (got {address!r}): {error}"
        ) from None


async def start(client: Client, kind: Kind, run: str, request: Any) -> str:
    """Begin a run; the id of its execution.

    Raises:
        LoopsError: it is running already.
    """
    try:
        handle: WorkflowHandle[Any, Any] = await client.start_workflow(kind, request, id=run, task_queue=kind)
    except WorkflowAlreadyStartedError:
        raise LoopsError(
            f"{run} is running already; slipway runs {run} shows it, slipway abort {run} ends it"
        ) from None
    return handle.first_execution_run_id or ""


async def alert(client: Client, firing: Firing, request: RemedyRequest) -> str:
    """One run an outage: a second alert is a signal to the run that is there."""
    run = names.remedy_run(request.release.model, request.release.version)
    said = f"{firing.alert} ({firing.severity})"
    try:
        await client.start_workflow(
            "remedy",
            request,
            id=run,
            task_queue="remedy",
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="alerted",
            start_signal_args=[said],
        )
    except WorkflowAlreadyStartedError:  # another alert began it at the same moment
        await client.get_workflow_handle(run).signal("alerted", said)
    return run


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody who was identified says to a run."""

    run: str
    decision: Said
    who: str
    question: int = 0


async def answer(client: Client, said: Answer, door: Signer) -> Asked | None:
    """Sign what was said and send it; the question it answers.

    Raises:
        LoopsError: there is no such run, it has ended, or it asks nothing.
    """
    status = await status_of(client, said.run)
    if status.outcome is not None:
        raise LoopsError(f"{said.run} has ended: {status.state}")
    asked = status.asked
    if said.decision != "aborted" and asked is None:
        raise LoopsError(f"{said.run} asks nothing; it {status.state}")
    if said.decision == "approved" and asked is not None and said.who in asked.no_approvers:
        raise LoopsError(
            f"{said.run} asks for another pair of eyes: {said.who} began it, or made, measured or reviewed "
            "the version; somebody else approves (slipway refuse counts from anybody)"
        )
    number = asked.number if asked is not None and said.decision != "aborted" else 0
    if said.question and number != said.question:
        raise LoopsError(f"{said.run} asks question {number}, not {said.question}")
    statement = attested(
        Statement(
            run=said.run,
            question=number,
            decision=said.decision,
            who=said.who,
            at=datetime.now(UTC).isoformat(timespec="seconds"),
            signature="",
        ),
        door,
    )
    await client.get_workflow_handle(said.run).signal("decide", statement)
    return asked


async def status_of(client: Client, run: str) -> Status:
    """What a run says of itself.

    Raises:
        LoopsError: there is none, or no worker answers for it.
    """
    try:
        status: Status = await client.get_workflow_handle(run).query("status", result_type=Status)
    except RPCError as error:
        if error.status == RPCStatusCode.NOT_FOUND:
            raise LoopsError(f"there is no run {run!r}; slipway runs lists them") from None
        raise LoopsError(f"{run}: no worker answers for it: {error.message}") from None
    return status
