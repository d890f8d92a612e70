"""Spans of runs: one tree a run, by the conventions' names, and nothing in it that anybody wrote."""

import json

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from runtime.loops.agents.thinking import Said
from runtime.loops.agents.traces import Traces, provider, short, trace_of
from tests.runtime.loops.agents.parts import MAIL, OPEN, READ, refund, steps

YES, NO = {}, {"decision": "refused"}
RESOURCE = {"service.name": "agent-support-mail", "slipway.data_class": "confidential"}


@pytest.fixture
def traced(parts):
    """An agent whose parts make spans, and what they made."""
    exporter = InMemorySpanExporter()
    tracer = provider(RESOURCE, SimpleSpanProcessor(exporter)).get_tracer("test")

    def make(*plans, **changes):
        made = parts(*plans, **changes)
        made.traces = Traces(tracer)
        return made

    make.spans = exporter.get_finished_spans
    return make


def tree(spans):
    """Each span's name below its parent's, in the order in which they began."""
    by_id = {span.context.span_id: span for span in spans}
    found = []
    # The root has the engine's time, which tests let run ahead.
    for span in sorted(spans, key=lambda span: (span.parent is not None, span.start_time, span.name)):
        above = by_id[span.parent.span_id].name if span.parent is not None else ""
        found.append((above, span.name))
    return found


def step(root, tool):
    return [(root, f"execute_tool {tool}"), (f"execute_tool {tool}", f"decide {tool}")]


def test_a_run_is_one_tree_over_reason_plan_decision_and_act(do, traced):
    made = traced(steps(READ, OPEN), steps(MAIL))
    assert do(made, YES).result == "done"

    spans = traced.spans()
    root = "invoke_agent support-mail"
    chat, planned = "chat chat-8b", "plan support-mail"
    thought = [(root, chat), (root, planned), (planned, chat)]
    assert tree(spans) == [
        ("", root),
        *thought,
        *step(root, "read-mail"),
        *step(root, "open-ticket"),
        *thought,
        *step(root, "send-mail"),
        *step(root, "send-mail"),  # asked, and then allowed
        (root, chat),
    ]
    assert {f"{span.context.trace_id:032x}" for span in spans} == {trace_of(made.run)}
    assert len({span.context.span_id for span in spans}) == len(spans)
    assert [span.kind for span in spans if span.name == chat] == [SpanKind.CLIENT] * 5
    (whole,) = [span for span in spans if span.parent is None]
    assert whole.start_time <= whole.end_time
    assert dict(whole.attributes) == {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.provider.name": "slipway",
        "gen_ai.conversation.id": made.run,
        "gen_ai.agent.name": "support-mail",
        "gen_ai.agent.version": "v1",
        "gen_ai.agent.id": "support-mail/v1",
        "gen_ai.request.model": "chat-8b",
        "slipway.record": short(made.agents.known("support-mail", "v1", None).record),
        "slipway.result": "done",
        "slipway.steps": 3,
        "slipway.cents": 0,
        "slipway.tokens": 50,
    }


def test_a_step_says_what_was_decided_and_what_became_of_it(do, traced):
    made = traced(steps(refund(5000)))
    assert do(made, NO).result == "refused"

    spans = {span.name: dict(span.attributes) for span in traced.spans()}
    decided = next(e for e in made.journal.entries(made.run) if e.kind == "decision").body
    assert spans["decide refund"] == {
        "gen_ai.provider.name": "slipway",
        "gen_ai.conversation.id": made.run,
        "gen_ai.tool.name": "refund",
        "slipway.effect": "irreversible",
        "slipway.decision": "ask",
        "slipway.policies": ("a-person-is-asked-before-an-effect",),
        "slipway.decision.digest": short(decided["inputs"]),
        "slipway.policy_set": short(decided["policy_set"]),
    }
    assert spans["execute_tool refund"] == {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.provider.name": "slipway",
        "gen_ai.conversation.id": made.run,
        "gen_ai.tool.name": "refund",
        "gen_ai.tool.type": "extension",
        "gen_ai.tool.call.id": f"{made.run}/1.0",
        "slipway.undoing": False,
        "slipway.result": "ask",
    }
    assert spans["invoke_agent support-mail"]["error.type"] == "refused"


def test_what_is_tried_again_and_what_is_undone_are_spans_of_their_own(do, traced, outside):
    outside.faults["open-ticket"].append("500")
    made = traced(steps(OPEN, MAIL))
    assert do(made, NO).result == "refused"

    found = [
        (span.name, span.status.status_code, span.attributes.get("error.type"))
        for span in sorted(traced.spans(), key=lambda span: span.start_time)
        if span.name.startswith("execute_tool")
    ]
    assert found == [
        ("execute_tool open-ticket", StatusCode.ERROR, "ApplicationError"),
        ("execute_tool open-ticket", StatusCode.UNSET, None),
        ("execute_tool send-mail", StatusCode.UNSET, None),
        ("execute_tool close-ticket", StatusCode.UNSET, None),
    ]


def words(made, outside):
    """Everything that anybody wrote: a person, the model, a tool."""
    said = [json.dumps(call) for call in (READ, OPEN, MAIL)]
    said += [*outside.mails["m1"].values(), "goes on", "Done.", "did it", *MAIL[1].values()]
    return {text.strip('"') for text in said} | {made.people_asked.asked[0].text, "lea@example.com"}


@pytest.mark.parametrize("fault", ["", "hostile", "wrong-schema", "500", "refused"])
def test_no_span_holds_what_anybody_wrote(do, traced, outside, fault):
    if fault:
        outside.faults["read-mail"].append(fault)
    made = traced(steps(READ, OPEN, MAIL))
    do(made, YES)

    spans = traced.spans()
    assert any(span.parent is None for span in spans)
    told = " ".join(span.to_json() for span in spans)
    texts = words(made, outside) if made.people_asked.asked else {"Broken lamp", "It does not light."}
    assert [text for text in texts if text in told] == []
    assert [span.events for span in spans if span.events] == []
    assert {span.status.description for span in spans} == {None}


def test_a_server_that_tells_tokens_apart_is_quoted(do, traced):
    made = traced(steps(READ))
    real = made.script.chat
    made.script.chat = lambda messages, most: Said(text=real(messages, most).text, tokens=10, answer_tokens=3)
    do(made)

    chats = [dict(span.attributes) for span in traced.spans() if span.name.startswith("chat")]
    assert [
        (one["slipway.part"], one["gen_ai.usage.input_tokens"], one["gen_ai.usage.output_tokens"])
        for one in chats
    ] == [("reason", 7, 3), ("plan", 7, 3), ("reason", 7, 3)]
    assert {one["gen_ai.request.max_tokens"] for one in chats} == {
        made.agents.data["budgets"]["tokens_per_call"]
    }
