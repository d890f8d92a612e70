"""What selectors find, and what is said of one that finds nothing."""

from typing import Any

import pytest

from tools.rehearsal.reconciled import excuse
from tools.rehearsal.selectors import found_by, matches, selectors_of, sentence

LABELS = {"app": "minilm", "version": "v1"}
PORTS = [{"name": "http", "containerPort": 8080}]
POD = {
    "kind": "Pod",
    "metadata": {"name": "minilm-1", "namespace": "models", "labels": LABELS},
    "spec": {"containers": [{"name": "main", "ports": PORTS}]},
}
THERE: dict[str, Any] = {
    "Pod": [POD],
    "Service": [
        {
            "kind": "Service",
            "metadata": {"name": "minilm", "namespace": "models", "labels": LABELS},
            "spec": {"ports": [{"name": "metrics", "port": 9090}]},
        }
    ],
    "Deployment": [{"kind": "Deployment", "metadata": {"name": "minilm-predictor", "namespace": "models"}}],
    "ServiceAccount": [{"kind": "ServiceAccount", "metadata": {"name": "minilm", "namespace": "models"}}],
    "Namespace": [
        {
            "kind": "Namespace",
            "metadata": {"name": "models", "labels": {"kubernetes.io/metadata.name": "models"}},
        }
    ],
}


def policy(**labels: str) -> dict[str, Any]:
    return {
        "kind": "NetworkPolicy",
        "metadata": {"name": "callers", "namespace": "models"},
        "spec": {"podSelector": {"matchLabels": labels}},
    }


def test_a_selector_with_a_wrong_label_is_named_with_what_is_nearest() -> None:
    (selector,) = selectors_of(policy(app="minilm", version="v2"))
    assert found_by(selector, THERE) == []
    assert sentence(selector, THERE) == (
        "NetworkPolicy models/callers: spec.podSelector: finds no Pod app=minilm, version=v2 in models "
        "(nearest: minilm-1, which has version=v1)"
    )


def test_a_selector_that_is_right_finds_its_pod() -> None:
    (selector,) = selectors_of(policy(app="minilm"))
    assert found_by(selector, THERE) == [POD]


def test_an_empty_selector_asks_for_nothing() -> None:
    assert list(selectors_of(policy())) == []


def test_peers_of_a_policy_are_looked_for_in_the_namespaces_they_select() -> None:
    peer = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "models"}},
        "podSelector": {"matchLabels": {"app": "minilm"}},
    }
    elsewhere = {**peer, "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}}
    one = policy()
    one["spec"]["egress"] = [{"to": [peer, elsewhere]}]
    right, wrong = selectors_of(one)
    assert found_by(right, THERE) == [POD]
    assert sentence(wrong, THERE) == (
        "NetworkPolicy models/callers: spec.egress[0].to[1].podSelector: finds no Pod app=minilm in edge"
    )


def test_a_principal_needs_its_service_account() -> None:
    principals = ["cluster.local/ns/models/sa/minilm", "cluster.local/ns/models/sa/other"]
    one = {
        "kind": "AuthorizationPolicy",
        "metadata": {"name": "callers", "namespace": "models"},
        "spec": {"rules": [{"from": [{"source": {"principals": principals}}]}]},
    }
    right, wrong = selectors_of(one)
    assert found_by(right, THERE) == THERE["ServiceAccount"]
    assert sentence(wrong, THERE) == (
        "AuthorizationPolicy models/callers: spec.rules[0].from[0].source.principals[1]: "
        "finds no ServiceAccount other in models"
    )


@pytest.mark.parametrize(
    ("kind", "endpoints", "port", "finds"),
    [
        ("PodMonitor", "podMetricsEndpoints", "http", 1),
        ("PodMonitor", "podMetricsEndpoints", "metrics", 0),
        ("ServiceMonitor", "endpoints", "metrics", 1),
        ("ServiceMonitor", "endpoints", "http", 0),
    ],
)
def test_a_monitor_needs_the_port_that_it_reads(kind: str, endpoints: str, port: str, finds: int) -> None:
    one = {
        "kind": kind,
        "metadata": {"name": "models", "namespace": "observability"},
        "spec": {
            "selector": {"matchLabels": {"app": "minilm"}},
            "namespaceSelector": {"matchNames": ["models"]},
            endpoints: [{"port": port}],
        },
    }
    (selector,) = selectors_of(one)
    assert len(found_by(selector, THERE)) == finds


def test_a_scaler_needs_the_deployment_it_scales() -> None:
    one = {
        "kind": "ScaledObject",
        "metadata": {"name": "minilm-v1", "namespace": "models"},
        "spec": {"scaleTargetRef": {"name": "minilm-v1-predictor"}},
    }
    (selector,) = selectors_of(one)
    assert sentence(selector, THERE) == (
        "ScaledObject models/minilm-v1: spec.scaleTargetRef: finds no Deployment minilm-v1-predictor in models"
    )


@pytest.mark.parametrize(
    ("operator", "values", "is_met"),
    [
        ("In", ["v1"], True),
        ("In", ["v2"], False),
        ("NotIn", ["v2"], True),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
    ],
)
def test_expressions_mean_what_kubernetes_says(operator: str, values: list[str], is_met: bool) -> None:
    selector = {"matchExpressions": [{"key": "version", "operator": operator, "values": values}]}
    assert matches(selector, LABELS) is is_met


def test_what_is_not_played_excuses_only_itself() -> None:
    (ours,) = selectors_of(policy(app="nobody"))
    (proxies,) = selectors_of(policy(**{"gateway.envoyproxy.io/owning-gateway-name": "edge"}))
    assert excuse(ours, {"keda": "no chart keda"}) == ""
    assert excuse(ours, {"models": "no chart models"}) == "no chart models"
    assert excuse(proxies, {}) == "Envoy Gateway, which makes these, does not run"
