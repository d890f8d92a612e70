"""What :class:`Autoscaling` registers. Mocks cannot prove that the chart takes its values."""

import pytest

from components.cluster.cluster_addons import ClusterAddonsHandle
from components.mesh.mesh import MeshHandle
from components.serving.autoscaling import Autoscaling, AutoscalingArgs, AutoscalingSettings, values
from gate.schema.shape import check_shapes

AMBIENT = {"istio.io/dataplane-mode": "ambient"}
WAY = "autoscaling-flows-api-server-to-keda-metrics"


@pytest.fixture
def made(deploy):
    args = AutoscalingArgs(
        settings=AutoscalingSettings(),
        api_server_range="10.1.0.0/16",
        cluster_addons=ClusterAddonsHandle(),
        mesh=MeshHandle(trust_domain="cluster.local"),
    )
    return deploy(lambda: Autoscaling("autoscaling", args))


def test_exactly_these_are_made_in_their_shape(made):
    assert check_shapes(made.graph).problems == ()
    assert sorted(name for _, name in made.children("autoscaling")) == [
        f"{WAY}-authentication",
        f"{WAY}-authorization",
        f"{WAY}-network",
        "autoscaling-keda",
        "autoscaling-namespace",
    ]


def test_what_meets_the_mesh_is_in_it_and_the_webhooks_are_not(made):
    assert values()["podLabels"] == {"keda": AMBIENT, "metricsAdapter": AMBIENT}
    assert "istio.io/dataplane-mode" not in made.named("autoscaling-namespace").inputs["metadata"]["labels"]


def test_the_api_server_reaches_the_metrics_server_on_its_one_port(made):
    selector = {"matchLabels": {"app": "keda-operator-metrics-apiserver"}}
    assert made.named(f"{WAY}-authentication").inputs["spec"] == {
        "selector": selector,
        "mtls": {"mode": "STRICT"},
        "portLevelMtls": {"6443": {"mode": "PERMISSIVE"}},
    }
    assert made.named(f"{WAY}-network").inputs["spec"]["ingress"] == [
        {"from": [{"ipBlock": {"cidr": "10.1.0.0/16"}}], "ports": [{"port": 6443, "protocol": "TCP"}]},
        {"from": [{"ipBlock": {"cidr": "169.254.7.127/32"}}], "ports": [{"port": 6443, "protocol": "TCP"}]},
    ]


def test_wrong_objects_are_refused_and_a_node_may_go(made):
    keda = made.named("autoscaling-keda")
    assert keda.retain_on_delete
    assert made.named("autoscaling-namespace").retain_on_delete
    assert keda.inputs["values"]["webhooks"] == {"enabled": True, "replicaCount": 2, "failurePolicy": "Fail"}
    assert keda.inputs["values"]["podDisruptionBudget"] == {
        "operator": {"minAvailable": 1},
        "metricServer": {"minAvailable": 1},
        "webhooks": {"minAvailable": 1},
    }
    assert keda.inputs["values"]["prometheus"] == {"operator": {"enabled": True}}


def test_keda_starts_when_its_way_is_open(made):
    waits = made.graph.waits_for(made.named("autoscaling-keda").urn)
    assert {
        made.named(f"{WAY}-{role}").urn for role in ("authentication", "authorization", "network")
    } <= waits
