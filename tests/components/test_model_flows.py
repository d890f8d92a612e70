"""Who talks to a model, by the labels and accounts KServe v0.20.0 gives to what it makes.

The labels stand in KServe's source, where the docstrings of ``components.model_flows`` say, and were compared with what
the controller's own code renders of our configs and service (2026-11). Nothing here can prove that a later version
keeps them.
"""

from components.model_flows import (
    engine_labels,
    llm_flows,
    picker_account,
    picker_labels,
    predictor_flows,
    predictor_labels,
    trace_ways,
)
from tests.components.model_examples import CHAT, EMBEDDING

ENGINE = {
    "app.kubernetes.io/name": "support-chat-v1",
    "app.kubernetes.io/part-of": "llminferenceservice",
    "kserve.io/component": "workload",
}
PICKER = {
    "app.kubernetes.io/name": "support-chat-v1",
    "app.kubernetes.io/part-of": "llminferenceservice",
    "app.kubernetes.io/component": "llminferenceservice-router-scheduler",
}
GATEWAY = ("kserve", "kserve-ingress-gateway")
PROMETHEUS = ("observability", "kube-prometheus-stack-prometheus")


def ways(flows):
    return {
        flow.name: (
            (flow.source.namespace, flow.source.service_account),
            dict(flow.target.labels),
            flow.port,
            tuple(flow.probe_ports),
        )
        for flow in flows
    }


def test_pods_are_told_by_labels_that_the_controller_sets():
    assert predictor_labels(EMBEDDING) == {
        "serving.kserve.io/inferenceservice": "minilm",
        "component": "predictor",
        "slipway.dev/version": "v1",
    }
    assert engine_labels(CHAT) == ENGINE
    assert picker_labels(CHAT) == PICKER
    assert picker_account(CHAT) == "support-chat-v1-epp-sa"


def test_the_labels_we_put_on_pods_touch_none_that_the_controller_selects_by():
    selected = {*ENGINE, *PICKER, "app", "llm-d.ai/role"}
    assert selected & set(CHAT.pod_labels()) == set()


def test_a_predictor_is_reached_by_the_inner_gateway_and_prometheus_only():
    assert ways(predictor_flows(EMBEDDING, "models")) == {
        "minilm-v1-from-gateway": (GATEWAY, predictor_labels(EMBEDDING), 8080, ()),
        "minilm-v1-from-prometheus": (PROMETHEUS, predictor_labels(EMBEDDING), 8080, ()),
    }


def test_a_language_model_is_reached_through_its_picker_too():
    picker = ("models", "support-chat-v1-epp-sa")
    assert ways(llm_flows(CHAT, "models")) == {
        "support-chat-v1-from-gateway": (GATEWAY, ENGINE, 8000, ()),
        "support-chat-v1-from-prometheus": (PROMETHEUS, ENGINE, 8000, ()),
        "support-chat-v1-picker-from-gateway": (GATEWAY, PICKER, 9002, (9003,)),
        "support-chat-v1-from-picker": (picker, ENGINE, 8000, ()),
    }
    asking = next(f for f in llm_flows(CHAT, "models") if f.name == "support-chat-v1-from-picker")
    assert asking.source.labels == PICKER


def test_spans_leave_for_the_collector_alone():
    made = trace_ways(CHAT, "models")
    assert {role: m["metadata"]["name"] for role, m in made.items()} == {
        "engine": "support-chat-v1-engine-to-otel-collector-egress",
        "picker": "support-chat-v1-picker-to-otel-collector-egress",
    }
    assert {role: m["spec"]["podSelector"]["matchLabels"] for role, m in made.items()} == {
        "engine": ENGINE,
        "picker": PICKER,
    }
    for manifest in made.values():
        assert manifest["metadata"]["namespace"] == "models"
        assert manifest["spec"]["policyTypes"] == ["Egress"]
        assert manifest["spec"]["egress"] == [
            {
                "to": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": "observability"}
                        },
                        "podSelector": {"matchLabels": {"app.kubernetes.io/name": "opentelemetry-collector"}},
                    }
                ],
                "ports": [{"port": 15008, "protocol": "TCP"}],
            }
        ]
