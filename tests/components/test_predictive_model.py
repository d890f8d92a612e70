"""What :class:`PredictiveModel` registers. Mocks cannot prove that KServe acts on it."""

import pytest

from components.predictive_manifest import deployment_name
from components.predictive_model import PredictiveModel
from gate.shape import check_shapes
from tests.components.model_examples import EMBEDDING, EMBEDDING_POD, model_args

SERVICE = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
SCALING = "kubernetes:keda.sh/v1alpha1:ScaledObject"
PODS = {
    "serving.kserve.io/inferenceservice": "minilm",
    "component": "predictor",
    "slipway.dev/version": "v1",
}


@pytest.fixture
def made(deploy, names):
    return deploy(
        lambda: PredictiveModel("model-minilm", model_args(EMBEDDING, names=names, least=2, most=6))
    )


def test_exactly_these_are_made_in_their_shape(made):
    assert check_shapes(made.graph).problems == ()
    assert {name for _, name in made.children("model-minilm")} == {
        "model-minilm-v1-account",
        "model-minilm-v1-budget",
        "model-minilm-edge-backend",
        "model-minilm-edge-protection",
        "model-minilm-edge-route",
        "model-minilm-v1-flows-minilm-v1-from-gateway-authorization",
        "model-minilm-v1-flows-minilm-v1-from-gateway-network",
        "model-minilm-v1-flows-minilm-v1-from-prometheus-authorization",
        "model-minilm-v1-flows-minilm-v1-from-prometheus-network",
        "model-minilm-v1-identity-association",
        "model-minilm-v1-scaling",
        "model-minilm-service",
        "model-minilm-shares",
    }


def test_the_service_is_the_release(made):
    service = made.only(SERVICE).inputs
    assert service["metadata"] == {
        "name": "minilm",
        "namespace": "models",
        "labels": {
            "app.kubernetes.io/name": "minilm",
            "app.kubernetes.io/part-of": "slipway",
            "slipway.dev/model": "minilm",
            "networking.kserve.io/visibility": "cluster-local",
        },
        "annotations": {
            "serving.kserve.io/deploymentMode": "Standard",
            "serving.kserve.io/autoscalerClass": "external",
        },
    }
    amounts = {"cpu": "2", "memory": "2Gi"}
    assert service["spec"]["predictor"] == {
        "name": "v1",
        "serviceAccountName": "minilm-v1",
        "automountServiceAccountToken": False,
        "minReplicas": 2,
        "maxReplicas": 6,
        "timeout": 60,
        "labels": {"app.kubernetes.io/version": "v1", **EMBEDDING_POD},
        "annotations": {"slipway.dev/artifact-digest": "sha256:" + "2" * 64},
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "nodeSelector": {"slipway.dev/pool": "system"},
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": PODS},
            }
        ],
        "model": {
            "name": "kserve-container",
            "modelFormat": {"name": "huggingface", "version": "1"},
            "runtime": "slipway-huggingface",
            "protocolVersion": "v2",
            "storageUri": "s3://example-test-models/minilm-v1/",
            "args": ["--backend=huggingface", "--task=text_embedding", "--max_model_len=256"],
            "resources": {"requests": amounts, "limits": amounts},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
        },
    }


def test_scaling_turns_the_deployment_that_kserve_makes(made):
    assert deployment_name(EMBEDDING) == "minilm-v1-predictor"
    assert made.only(SCALING).inputs["spec"] == {
        "scaleTargetRef": {"name": "minilm-v1-predictor"},
        "minReplicaCount": 2,
        "maxReplicaCount": 6,
        "cooldownPeriod": 300,
        "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}],
    }
    assert made.only(SERVICE).urn in made.graph.waits_for(made.only(SCALING).urn)


def test_a_fixed_number_is_held_too_since_the_annotation_for_it_would_restart_pods(deploy, names):
    made = deploy(
        lambda: PredictiveModel("model-minilm", model_args(EMBEDDING, names=names, least=2, most=2))
    )
    annotations = made.only(SERVICE).inputs["metadata"]["annotations"]
    assert annotations["serving.kserve.io/autoscalerClass"] == "external"
    scaling = made.only(SCALING).inputs["spec"]
    assert (scaling["minReplicaCount"], scaling["maxReplicaCount"]) == (2, 2)


def test_the_service_comes_after_what_makes_it_safe(made):
    waits = made.graph.waits_for(made.only(SERVICE).urn)
    for role in (
        "account",
        "identity-association",
        "budget",
        "flows-minilm-v1-from-gateway-authorization",
        "flows-minilm-v1-from-gateway-network",
    ):
        assert made.named(f"model-minilm-v1-{role}").urn in waits


def test_credentials_are_the_readers_for_this_account_only(made):
    association = made.only("aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert {k: association[k] for k in ("clusterName", "namespace", "serviceAccount", "roleArn")} == {
        "clusterName": "example-test",
        "namespace": "models",
        "serviceAccount": "minilm-v1",
        "roleArn": "arn:aws:iam::111122223333:role/example-test-model-reader",
    }


def test_the_budget_and_the_flows_are_for_the_pods_that_will_be(made):
    assert made.named("model-minilm-v1-budget").inputs["spec"] == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": PODS},
    }
    network = made.named("model-minilm-v1-flows-minilm-v1-from-gateway-network").inputs["spec"]
    assert network["podSelector"] == {"matchLabels": PODS}


def test_callers_reach_it_by_its_name_without_the_version_when_it_is_there(made):
    route = made.named("model-minilm-edge-route")
    (rule,) = route.inputs["spec"]["rules"]
    assert route.inputs["metadata"]["name"] == "minilm"
    assert route.inputs["metadata"]["namespace"] == "edge"
    assert route.inputs["spec"]["hostnames"] == ["models.example.com"]
    assert rule["matches"] == [{"path": {"type": "PathPrefix", "value": "/minilm"}}]
    assert rule["filters"][1]["urlRewrite"]["hostname"] == "minilm.models.models.internal"
    waits = made.graph.waits_for(route.urn)
    assert {
        made.only(SERVICE).urn,
        made.named("model-minilm-shares").urn,
        made.named("model-minilm-edge-protection").urn,
    } <= waits
