"""Who talks to a model, by the labels and accounts KServe v0.20.0 gives to what it makes.

The labels stand in KServe's source, where docstrings there say, and were compared with what
the controller's own code renders of our configs and service (2026-11). Nothing here can prove that a later version
keeps them.
"""

from components.models.flows import (
    engine_labels,
    llm_flows,
    picker_account,
    picker_labels,
    predictor_flows,
    predictor_labels,
    ways_of_language_models,
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
            [(source.namespace, source.service_account) for source in flow.sources],
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
        "minilm-v1-callers": ([GATEWAY, PROMETHEUS], predictor_labels(EMBEDDING), 8080, ()),
    }


def test_where_payloads_are_kept_no_caller_passes_the_agent_by():
    assert ways(predictor_flows(EMBEDDING, "models", is_recorded=True)) == {
        "minilm-v1-callers": ([GATEWAY], predictor_labels(EMBEDDING), 9081, (9081, 8080)),
        "minilm-v1-metrics": ([PROMETHEUS], predictor_labels(EMBEDDING), 8080, ()),
    }


def test_an_engine_is_reached_by_its_own_picker_too():
    picker = ("models", "support-chat-v1-epp-sa")
    (callers,) = llm_flows(CHAT, "models")
    assert ways([callers]) == {"support-chat-v1-callers": ([GATEWAY, PROMETHEUS, picker], ENGINE, 8000, ())}
    assert callers.sources[2].labels == PICKER


def test_the_gateway_alone_asks_the_pickers_of_all_models():
    made = ways_of_language_models("models", "10.0.0.0/16")
    assert sorted(made) == ["pickers-authorization", "pickers-network", "spans", "watch"]
    authorization, network = made["pickers-authorization"]["spec"], made["pickers-network"]["spec"]
    pickers = {key: PICKER[key] for key in PICKER if key != "app.kubernetes.io/name"}
    assert authorization["selector"] == network["podSelector"] == {"matchLabels": pickers}
    assert authorization["rules"] == [
        {
            "from": [{"source": {"principals": ["cluster.local/ns/kserve/sa/kserve-ingress-gateway"]}}],
            "to": [{"operation": {"ports": ["9002"]}}],
        }
    ]
    assert network["ingress"][1]["ports"] == [{"port": 9003, "protocol": "TCP"}]


def test_spans_of_engines_and_pickers_leave_for_the_collector_alone():
    manifest = ways_of_language_models("models", "10.0.0.0/16")["spans"]
    assert manifest["metadata"]["name"] == "language-models-to-otel-collector-egress"
    assert manifest["metadata"]["namespace"] == "models"
    labels = manifest["spec"]["podSelector"]["matchLabels"]
    assert labels == {"app.kubernetes.io/part-of": "llminferenceservice"}
    assert labels.items() <= ENGINE.items() & PICKER.items()
    assert manifest["spec"]["policyTypes"] == ["Egress"]
    assert manifest["spec"]["egress"] == [
        {
            "to": [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "observability"}},
                    "podSelector": {"matchLabels": {"app.kubernetes.io/name": "opentelemetry-collector"}},
                }
            ],
            "ports": [{"port": 15008, "protocol": "TCP"}],
        }
    ]


def test_pickers_reach_the_api_server_wherever_models_may_open_https():
    policy = ways_of_language_models("models", "10.0.0.0/16")["watch"]
    assert policy["metadata"]["name"] == "pickers-to-api-server-egress"
    assert policy["spec"] == {
        "podSelector": {
            "matchLabels": {
                "app.kubernetes.io/part-of": "llminferenceservice",
                "app.kubernetes.io/component": "llminferenceservice-router-scheduler",
            }
        },
        "policyTypes": ["Egress"],
        "egress": [
            {"to": [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "ports": [{"port": 443, "protocol": "TCP"}]}
        ],
    }
