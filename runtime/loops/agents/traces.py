"""Spans of runs by OpenTelemetry's conventions for GenAI: one tree a run, with names, counts and digests, and no text.

Parts of an agent share no memory, and a run outlives them: ids of spans are worked out from the run and the step, so
that each part adds its own to the tree. What a worker that is killed had not sent is missing from it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.trace import (
    NonRecordingSpan,
    NoOpTracer,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)
from temporalio import activity

PROVIDER: Final = "slipway"
_SCOPE: Final = "slipway.agents"
_SHOWN: Final = 19
"""Of a digest: the collector takes longer ones for keys, and masks them."""
_NANOSECONDS: Final = 1_000_000_000
_ROOT: Final = "run"
Value = str | bool | int | Sequence[str]
Told = Callable[[Mapping[str, Value]], None]
_ids: ContextVar[tuple[int, int]] = ContextVar("ids")


def trace_of(run: str) -> str:
    """The trace of a run, as stores of traces write it: worked out from its name, which no other run has."""
    return f"{_trace(run):032x}"


def short(digest: str) -> str:
    """Enough of a digest to find it in the journal."""
    return digest[:_SHOWN]


class _Ids(IdGenerator):
    """The ids of the span that is begun."""

    def generate_trace_id(self) -> int:
        return _ids.get()[0]

    def generate_span_id(self) -> int:
        return _ids.get()[1]


@dataclass(frozen=True)
class Traces:
    """Makes spans; without a tracer of an exporter, none."""

    tracer: Tracer = field(default_factory=NoOpTracer)

    @contextmanager
    def plan(self, agent: str, run: str, number: int) -> Iterator[Told]:
        """Planning of one round, with all that comes of it."""
        said: dict[str, Value] = {
            "gen_ai.operation.name": "plan",
            "gen_ai.agent.name": agent,
            "slipway.round": number,
        }
        with self._span(run, f"plan {number}", f"plan {agent}", said) as span:
            yield span.set_attributes

    @contextmanager
    def chat(self, run: str, what: str, model: str, most_tokens: int) -> Iterator[Told]:
        """One question to the model. ``what`` is the part and round, such as ``plan 2``."""
        part, _, number = what.partition(" ")
        said: dict[str, Value] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.request.model": model,
            "gen_ai.request.max_tokens": most_tokens,
            "slipway.part": part,
            "slipway.round": int(number),
        }
        parent = what if part == "plan" else _ROOT
        name = f"{what} chat"
        with self._span(run, name, f"chat {model}", said, parent=parent, kind=SpanKind.CLIENT) as span:
            yield span.set_attributes

    @contextmanager
    def tool(self, run: str, key: str, tool: str, *, undoing: bool) -> Iterator[Told]:
        """One step at the gate: its decision, and the call if there is one."""
        said: dict[str, Value] = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": tool,
            "gen_ai.tool.type": "extension",
            "gen_ai.tool.call.id": f"{run}/{key}",
            "slipway.undoing": undoing,
        }
        with self._span(run, f"act {key}", f"execute_tool {tool}", said) as span:
            yield span.set_attributes

    @contextmanager
    def decision(self, run: str, key: str, tool: str) -> Iterator[Told]:
        """What policy is asked about a step, and answers."""
        with self._span(
            run, f"decide {key}", f"decide {tool}", {"gen_ai.tool.name": tool}, parent=f"act {key}"
        ) as span:
            yield span.set_attributes

    def run(self, run: str, begun: float, ended: float, said: Mapping[str, Value]) -> None:
        """The whole run, once it has ended: the root of its tree."""
        _ids.set((_trace(run), _id(run, _ROOT)))
        agent = said["gen_ai.agent.name"]
        span = self.tracer.start_span(
            f"invoke_agent {agent}",
            attributes={"gen_ai.operation.name": "invoke_agent", **_common(run), **said},
            start_time=int(begun * _NANOSECONDS),
        )
        result = str(said["slipway.result"])
        if result != "done":
            span.set_attribute("error.type", result)
            span.set_status(StatusCode.ERROR)
        span.end(end_time=int(ended * _NANOSECONDS))

    @contextmanager
    def _span(
        self,
        run: str,
        what: str,
        name: str,
        said: Mapping[str, Value],
        *,
        parent: str = _ROOT,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> Iterator[Span]:
        """A span of a run. Of an error its class alone is told: what it says may be anybody's words."""
        _ids.set((_trace(run), _id(run, _attempt(what))))
        above = SpanContext(
            _trace(run),
            _id(run, parent if parent == _ROOT else _attempt(parent)),
            is_remote=True,
            trace_flags=TraceFlags(TraceFlags.SAMPLED),
        )
        span = self.tracer.start_span(
            name,
            context=set_span_in_context(NonRecordingSpan(above)),
            kind=kind,
            attributes={**_common(run), **said},
        )
        try:
            yield span
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
        finally:
            span.end()


OFF: Final = Traces()


def provider(resource: Mapping[str, str], processor: SpanProcessor) -> TracerProvider:
    """A provider whose spans have the ids of their runs."""
    made = TracerProvider(resource=Resource(dict(resource)), id_generator=_Ids(), shutdown_on_exit=True)
    made.add_span_processor(processor)
    return made


def exported(address: str, resource: Mapping[str, str]) -> tuple[Traces, Callable[[], None]]:
    """Spans that go to a collector, and what sends the last of them. One that is away is not waited for."""
    exporter = OTLPSpanExporter(endpoint=address, insecure=address.startswith("http://"))
    made = provider(resource, BatchSpanProcessor(exporter))
    return Traces(made.get_tracer(_SCOPE)), made.shutdown


def _common(run: str) -> dict[str, Value]:
    return {"gen_ai.provider.name": PROVIDER, "gen_ai.conversation.id": run}


def _trace(run: str) -> int:
    return int.from_bytes(sha256(f"trace {run}".encode()).digest()[:16]) or 1


def _id(run: str, what: str) -> int:
    return int.from_bytes(sha256(f"span {run} {what}".encode()).digest()[:8]) or 1


def _attempt(what: str) -> str:
    """What is tried again, or asked again after a person's answer, is another span."""
    if not activity.in_activity():
        return what
    told = activity.info()
    return f"{what} {told.activity_id} {told.attempt}"
