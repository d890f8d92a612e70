"""Traces that are kept, as settings and as the collector's values."""

import pytest
from pydantic import ValidationError

from components.observability.collector_grants import collector_statements
from components.observability.collectors import collector
from components.observability.redaction import REDACTION
from components.observability.traces import TraceSettings, with_traces

REGION = "eu-central-1"
VALUES = collector(REGION, {"applications": "a", "containers": "b"})
STORE = "https://traces.example.com/otlp"


def test_without_settings_nothing_is_kept():
    assert with_traces(VALUES, None, REGION) == VALUES
    assert VALUES["config"]["service"]["pipelines"]["traces"]["exporters"] == ["spanmetrics"]


def test_what_is_kept_is_judged_whole_redacted_and_sent_to_the_store():
    token = {"secret": "traces", "key": "authorization"}
    made = with_traces(VALUES, TraceSettings(endpoint=STORE, authorization=token), REGION)
    pipelines = made["config"]["service"]["pipelines"]
    assert pipelines["traces"]["exporters"] == ["spanmetrics", "loadbalancing"]
    assert pipelines["traces/kept"] == {
        "receivers": ["otlp/kept"],
        "processors": [
            "memory_limiter",
            "filter/class",
            "transform/spans",
            REDACTION,
            "tail_sampling",
            "batch",
        ],
        "exporters": ["otlphttp/traces"],
    }
    assert made["config"]["processors"]["filter/class"]["traces"]["span"] == [
        (
            'not (resource.attributes["slipway.data_class"] == "public" or '
            'resource.attributes["slipway.data_class"] == "internal")'
        )
    ]
    assert made["config"]["exporters"]["otlphttp/traces"] == {
        "endpoint": STORE,
        "headers": {"authorization": "${env:TRACES_AUTHORIZATION}"},
    }
    assert made["extraEnvs"] == [
        {
            "name": "TRACES_AUTHORIZATION",
            "valueFrom": {"secretKeyRef": {"name": "traces", "key": "authorization"}},
        }
    ]
    kept = [one["name"] for one in made["config"]["processors"]["tail_sampling"]["policies"]]
    assert kept == ["faults", "slow", "rest"]


def test_nothing_of_the_rest_is_kept_at_zero():
    made = with_traces(VALUES, TraceSettings(endpoint=STORE, keep_percent=0), REGION)
    assert [p["name"] for p in made["config"]["processors"]["tail_sampling"]["policies"]] == [
        "faults",
        "slow",
    ]
    assert "extraEnvs" not in made


def test_x_ray_takes_what_is_kept_behind_the_same_redaction_and_no_token():
    made = with_traces(VALUES, TraceSettings(store="x-ray"), REGION)
    otlp = with_traces(VALUES, TraceSettings(endpoint=STORE), REGION)
    kept = made["config"]["service"]["pipelines"]["traces/kept"]
    assert kept["exporters"] == ["awsxray/traces"]
    assert kept["processors"] == otlp["config"]["service"]["pipelines"]["traces/kept"]["processors"]
    assert made["config"]["exporters"]["awsxray/traces"] == {
        "region": REGION,
        "local_mode": True,
        "index_all_attributes": False,
    }
    assert "otlphttp/traces" not in made["config"]["exporters"]
    assert "extraEnvs" not in made


def test_the_collector_may_put_spans_only_where_x_ray_keeps_them(names):
    def actions(traces):
        return [action for s in collector_statements(names, traces) for action in s.actions]

    logs = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    assert actions(None) == actions(TraceSettings(endpoint=STORE)) == logs
    assert actions(TraceSettings(store="x-ray")) == [*logs, "xray:PutTraceSegments"]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "endpoint: should name the store, or store be 'x-ray'"),
        ({"store": "x-ray", "endpoint": STORE}, "X-Ray has one address and takes no token"),
        ({"endpoint": "http://traces.example.com"}, "should match pattern"),
        ({"endpoint": "https://user:secret@traces.example.com"}, "should match pattern"),
        ({"endpoint": STORE, "data_classes": ["restricted"]}, "traces of restricted models are kept nowhere"),
        ({"endpoint": STORE, "data_classes": ["public", "public"]}, "names a class twice"),
        ({"endpoint": STORE, "data_classes": []}, "at least 1 item"),
        ({"endpoint": STORE, "keep_percent": 101}, "less than or equal to 100"),
        ({"endpoint": STORE, "slow_ms": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_refused(settings, says):
    with pytest.raises(ValidationError, match=says):
        TraceSettings.model_validate(settings)
