"""How many replicas of a predictive model run, and what wakes it. Mocks cannot prove what Envoy counts."""

import pytest

from components.models.scaling import scaled_object, waking
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.serving.autoscaling import RULES
from tests.policies.cases import resource

_CPU = {"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}


def _scaler(least):
    return scaled_object(
        name="m",
        namespace="models",
        labels={"a": "b"},
        deployment="m-v1-predictor",
        route="m",
        least=least,
        most=6,
        start_seconds=11.7,
    )


def test_above_zero_the_processor_decides():
    assert _scaler(1) == {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": "m", "namespace": "models", "labels": {"a": "b"}},
        "spec": {
            "scaleTargetRef": {"name": "m-v1-predictor"},
            "minReplicaCount": 1,
            "maxReplicaCount": 6,
            "cooldownPeriod": 300,
            "triggers": [_CPU],
        },
    }


def test_from_zero_a_request_at_the_edge_wakes_it_and_a_blind_scaler_keeps_one():
    spec = _scaler(0)["spec"]
    assert (spec["minReplicaCount"], spec["pollingInterval"]) == (0, 15)
    assert _scaler(0)["metadata"]["annotations"] == {"slipway.dev/waking": waking(11.7)}
    assert spec["fallback"] == {"failureThreshold": 4, "replicas": 1}
    assert spec["triggers"] == [
        _CPU,
        {
            "type": "prometheus",
            "metricType": "AverageValue",
            "metadata": {
                "serverAddress": "http://kube-prometheus-stack-prometheus.observability.svc.cluster.local:9090",
                "query": (
                    "sum(increase(envoy_cluster_upstream_rq_total"
                    '{envoy_cluster_name="httproute/edge/m/rule/0"}[2m]))'
                ),
                "activationThreshold": "0",
                "threshold": "1000000",
            },
        },
    ]


@pytest.mark.parametrize("least", [0, 1])
def test_the_rules_about_scaling_are_content(least):
    made = resource("kubernetes:keda.sh/v1alpha1:ScaledObject", _scaler(least))
    said = judge(Graph([made]), RULES)
    assert (said.findings, said.undecided, said.faults) == ((), (), ())


def test_the_report_says_what_wakes_it_and_how_long_that_takes():
    assert waking(11.7) == (
        "at zero, the first request is refused (503) and counted at the edge; a replica is started within 45 s of it, "
        "fetches its files in about 12 s and then loads its server: a minute or two in all (the server's part is not "
        "measured), and longer where a node has to come or to pull the image. After 5 to 7 quiet minutes it is at zero "
        "again"
    )
