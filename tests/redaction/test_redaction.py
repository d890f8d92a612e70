"""Nothing of the corpus comes out of the collectors: the collector's own code, with the stack's configuration."""

import json
import time

import pytest
import yaml

from components.observability.collectors import collector, node_collector
from components.observability.traces import TraceSettings, with_traces
from tests.redaction.corpus import KEPT, KEYED, PLAIN, attributes, everything, needles, value

GROUPS = {"applications": "/slipway/a", "containers": "/slipway/b"}
NODE = node_collector()["alternateConfig"]
GATEWAY = collector("eu-central-1", GROUPS)["config"]
ROUNDS = 20
"""The collector tries its patterns in an order that differs from value to value; once would be luck."""
DONE = "the-last-one-sent"
NOW = str(time.time_ns())


def record(body, **more):
    return {"timeUnixNano": NOW, "body": value(body), "attributes": attributes(everything()), **more}


def logs(*records, resource=None):
    resource = {**everything(), **KEPT, **(resource or {})}
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": attributes(resource)},
                "scopeLogs": [
                    {
                        "scope": {"name": "s", "attributes": attributes(everything())},
                        "logRecords": list(records),
                    }
                ],
            }
        ]
    }


def bodies():
    """The corpus in every form of a body."""
    every = everything()
    return [
        *(
            record(text)
            for text in (*PLAIN.values(), every["line"], every["pair"], every["header"], every["escaped"])
        ),
        record(every),
        record([every, *PLAIN.values()]),
        record(json.dumps({**every, "message": "hello"}, default=str)),
        record("{not json, prompt: 'quincemarker'}"),
        record(b"quincemarker in bytes"),
        record(4111111111111111),
        record("x", eventName="quincemarker"),
    ]


def found_in(text):
    return [needle for needle in needles() if needle in text]


@pytest.mark.parametrize("config", [NODE, GATEWAY], ids=["node", "gateway"])
def test_nothing_of_the_corpus_leaves_in_logs(running, config):
    one = running(config)
    for _ in range(ROUNDS):
        one.send("logs", logs(*bodies()))
    one.send("logs", logs(record(DONE)))
    assert found_in(one.wait_for(DONE)) == []


def test_what_is_no_secret_comes_through(running):
    one = running(GATEWAY)
    one.send("logs", logs(record({**KEPT, "message": "started in 3 s"})))
    one.send("logs", logs(record(DONE)))
    text = one.wait_for(DONE)
    for said in (
        "started in 3 s",
        "support-chat-v1-kserve-prefill-7d9f8b6c5d-abcde",
        "503",
        '"12"',
        "input_tokens",
    ):
        assert said in text, said


def traces():
    name = "GET /users/zoe.quince.marker@example.org"
    event = {
        "name": f"failed with {PLAIN['jwt']}",
        "timeUnixNano": NOW,
        "attributes": attributes(everything()),
    }
    span = {
        "traceId": "5b8efff798038103d269b633813fc60c",
        "spanId": "eee19b7ec3c1b174",
        "name": name,
        "kind": 2,
        "startTimeUnixNano": NOW,
        "endTimeUnixNano": NOW,
        "attributes": attributes(everything()),
        "events": [event],
        "status": {"code": 2, "message": f"no such user {PLAIN['mail']}, password=quincemarker"},
    }
    scope = {"scope": {"name": "s", "attributes": attributes(everything())}, "spans": [span]}
    # Spans of nobody are not counted.
    resource = {**everything(), "service.name": "edge"}
    return {"resourceSpans": [{"resource": {"attributes": attributes(resource)}, "scopeSpans": [scope]}]}


def metrics(name):
    point = {"attributes": attributes(everything()), "timeUnixNano": NOW, "asDouble": 1.0}
    histogram = {
        "attributes": attributes(everything()), "timeUnixNano": NOW, "count": "1", "sum": 1, "bucketCounts": ["1"],
    }  # fmt: skip
    kinds = [
        {"name": name, "gauge": {"dataPoints": [point]}},
        {"name": "s", "sum": {"dataPoints": [point], "aggregationTemporality": 2, "isMonotonic": True}},
        {"name": "h", "histogram": {"dataPoints": [histogram], "aggregationTemporality": 2}},
    ]
    return {
        "resourceMetrics": [
            {
                "resource": {"attributes": attributes(everything())},
                "scopeMetrics": [{"scope": {"name": "s"}, "metrics": kinds}],
            }
        ]
    }


def test_nothing_of_the_corpus_leaves_in_spans_and_labels(running):
    """Spans as they are handed to the exporter, and what is counted of them."""
    config = yaml.safe_load(yaml.safe_dump(GATEWAY))
    config["exporters"]["store"] = {}
    config["service"]["pipelines"]["traces"]["exporters"].append("store")
    one = running(config)
    for _ in range(ROUNDS):
        one.send("traces", traces())
        one.send("metrics", metrics("m"))
    one.send("metrics", metrics(DONE))
    one.wait_for("traces.span.metrics.calls")
    text = one.wait_for(DONE)
    assert "eee19b7ec3c1b174" in text
    assert found_in(text) == []


MODEL = {"k8s.namespace.name": "models"}
LINE = "INFO 11-29 20:00:00 [serving.py:116] she asked about quincewords"


@pytest.mark.parametrize(
    ("about", "leaves"),
    [
        ({}, False),
        ({"slipway.data_class": "confidential"}, False),
        ({"slipway.data_class": "restricted"}, False),
        ({"slipway.data_class": "internal"}, True),
        ({"slipway.data_class": "public"}, True),
    ],
    ids=str,
)
def test_a_models_lines_leave_the_node_by_the_class_of_its_record(running, about, leaves):
    one = running(NODE)
    plain = {"timeUnixNano": NOW}
    sent = {**MODEL, **about}
    for line in (LINE, "quincewords without a place", DONE):
        records = [{"logRecords": [{**plain, "body": value(line)}]}]
        of = {"attributes": attributes(sent if line != DONE else {})}
        one.send("logs", {"resourceLogs": [{"resource": of, "scopeLogs": records}]})
    text = one.wait_for(DONE)
    assert ("quincewords" in text) is leaves
    assert "INFO 11-29 20:00:00 [serving.py:116]" in text


def line(number):
    return f"2026-11-29T20:00:00.0000000{number:02d}Z stdout F line-{number}-of-many\n"


def test_a_restart_loses_no_line(running, tmp_path):
    pods = tmp_path / "pods" / "edge_pod_0000" / "c"
    pods.mkdir(parents=True)
    file = pods / "0.log"
    file.write_text("".join(line(n) for n in range(5)), encoding="utf-8")
    one = running(NODE, logs=tmp_path / "pods" / "*" / "*" / "*.log")
    one.wait_for("line-4-of-many")
    one.kill()
    with file.open("a", encoding="utf-8") as more:
        more.write("".join(line(n) for n in range(5, 10)))
    one.start()
    text = one.wait_for("line-9-of-many")
    assert [n for n in range(10) if f"line-{n}-of-many" not in text] == []
    assert text.count("line-0-of-many") == 1


def spans(trace, data_class, milliseconds=1, code=1):
    """One span of a trace; its name says which it is."""
    span = {
        "traceId": f"{trace:032x}",
        "spanId": f"{trace:016x}",
        "name": f"span-{trace}-end",
        "kind": 2,
        "startTimeUnixNano": NOW,
        "endTimeUnixNano": str(int(NOW) + milliseconds * 1_000_000),
        "status": {"code": code, "message": f"no such user {PLAIN['mail']}"},
        "attributes": attributes(everything()),
    }
    about = {"service.name": "m", **({"slipway.data_class": data_class} if data_class else {})}
    resource = {"attributes": attributes(about)}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": [span]}]}]}


def test_faults_and_slow_traces_of_allowed_classes_are_kept_redacted(running):
    settings = TraceSettings(endpoint="https://traces.example.com", keep_percent=0, slow_ms=500)
    config = with_traces(collector("eu-central-1", GROUPS), settings, "eu-central-1")["config"]
    one = running(config)
    sent = {
        1: spans(1, "public"),
        2: spans(2, "public", milliseconds=900),
        3: spans(3, "internal", code=2),
        4: spans(4, "confidential", code=2),
        5: spans(5, "restricted", milliseconds=900),
        6: spans(6, "", code=2),
        7: spans(7, "public", code=2),
    }
    for body in sent.values():
        one.send("traces", body, receiver=1)
    one.wait_for("span-7-end")
    one.wait_for("span-2-end")
    text = one.wait_for("span-3-end")
    assert [n for n in sent if f"span-{n}-end" in text] == [2, 3, 7]
    assert found_in(text) == []


def without(config, **changes):
    made = yaml.safe_load(yaml.safe_dump(config))
    made["processors"]["redaction"].update(changes)
    return made


@pytest.mark.parametrize(
    ("changes", "comes"),
    [
        ({"blocked_key_patterns": []}, "quincemarker"),
        ({"blocked_values": []}, "zoe.quince"),
        ({"redact_all_types": False}, "4111111111111111"),
        ({"allowed_values": [".*"]}, "quincemarker"),
    ],
    ids=["keys", "values", "types", "allowed values"],
)
def test_each_part_of_the_redaction_is_needed(running, changes, comes):
    one = running(without(GATEWAY, **changes))
    one.send("logs", logs(record(everything())))
    one.send("logs", logs(record(DONE)))
    assert comes in one.wait_for(DONE)


def test_the_corpus_holds_what_it_says():
    assert set(KEYED) & set(PLAIN) == set()
    text = json.dumps(everything())
    assert found_in(text) == needles()[:-1] or set(found_in(text)) == set(needles())
