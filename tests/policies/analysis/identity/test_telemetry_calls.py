"""What Prometheus and Alertmanager of the captured production stack call, and which link refuses it when cut."""

import json
from dataclasses import replace

import pytest

from components.observability.traces import PUT_SPANS
from policies.analysis.identity.calls import refusal
from policies.analysis.identity.programs import uses
from policies.engine.graph import Graph
from policies.engine.values import at
from tests.captured import captured

WRITER = "telemetry-metrics-identity-association"
PUBLISHER = "telemetry-alert-topics-identity-association"
COLLECTOR = "telemetry-identity"
WORKSPACE = "arn:aws:aps:eu-central-1:111122223333:workspace/ws-"
TOPIC = "arn:aws:sns:eu-central-1:111122223333:example-prod-alerts-managers"


def changed(*changes):
    """The captured stack with the inputs of resources changed, by name."""
    told = dict(changes)
    graph = captured("prod").graph

    def one(resource):
        if resource.name not in told or not resource.custom:
            return resource
        inputs = json.loads(json.dumps(resource.inputs))
        told[resource.name](inputs)
        return replace(resource, inputs=inputs)

    return Graph(map(one, graph), map(one, graph.elsewhere))


def answers(graph, name):
    """Each call of whoever has an identity, with the link that refuses it."""
    (subject,) = [r for r in graph if r.name == name and r.custom]
    return {
        (request.action, request.resource): refusal(use, request, graph)
        for use in uses(subject, graph)
        for request in use.requests()
    }


def document(change):
    def run(inputs):
        said = json.loads(inputs["policy"])
        change(said["Statement"])
        inputs["policy"] = json.dumps(said)

    return run


def test_prometheus_may_write_to_the_platforms_workspace():
    ((action, resource),) = answers(captured("prod").graph, WRITER)
    assert action == "aps:RemoteWrite"
    assert resource.startswith(WORKSPACE)
    assert set(answers(captured("prod").graph, WRITER).values()) == {None}


def test_alertmanager_may_publish_and_use_the_topics_key():
    found = answers(captured("prod").graph, PUBLISHER)
    assert sorted(action for action, _ in found) == ["kms:Decrypt", "kms:GenerateDataKey", "sns:Publish"]
    assert ("sns:Publish", TOPIC) in found
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("name", "resource", "change", "link"),
    [
        (
            WRITER,
            "telemetry-metrics-workspace",
            lambda inputs: inputs["tags"].update({"slipway.dev/platform": "another"}),
            "the role's policies: allowed only under a condition that the call does not meet (WriteSeries)",
        ),
        (
            WRITER,
            "telemetry-metrics-role-policy",
            document(lambda said: said[0].update({"Action": ["aps:QueryMetrics"]})),
            "the role's policies: not allowed",
        ),
        (
            PUBLISHER,
            "telemetry-alert-topics-role-policy",
            document(lambda said: said.pop(0)),
            "the role's policies: not allowed",
        ),
        (
            PUBLISHER,
            "telemetry-alert-topics-key",
            document(lambda said: said.pop()),
            "the policy of key telemetry-alert-topics-key: not allowed",
        ),
    ],
)
def test_a_link_that_is_cut_is_named(name, resource, change, link):
    assert link in answers(changed((resource, change)), name).values()


def put_spans(inputs):
    exporters = at(inputs, "values.config.exporters")
    exporters["awsxray/traces"] = {"region": "eu-central-1"}


def test_the_collector_may_put_spans_where_x_ray_is_its_store():
    asked = ("xray:PutTraceSegments", "*")
    allowed = document(lambda said: said.append(PUT_SPANS.render()))
    with_store = changed(("telemetry-collector", put_spans))
    with_both = changed(("telemetry-collector", put_spans), ("telemetry-permissions", allowed))
    assert asked not in answers(captured("prod").graph, COLLECTOR)
    assert answers(with_store, COLLECTOR)[asked] == "the role's policies: not allowed"
    assert answers(with_both, COLLECTOR)[asked] is None
