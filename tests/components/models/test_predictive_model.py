"""What :class:`PredictiveModel` registers. Mocks cannot prove that KServe acts on it."""

from dataclasses import replace

import pytest

from components.models.payload_logging import PayloadLogging
from components.models.predictive_manifest import deployment_name
from components.models.predictive_model import PredictiveModel
from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from tests.components.model_examples import EMBEDDING, EMBEDDING_POD, model_args
from tests.policies.cases import platform_rules

PAYLOADS = platform_rules("serving.payload_logging")
PREDICTIVE = platform_rules("serving.model_services", "serving.predictive")

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
        "model-minilm-edge-access",
        "model-minilm-edge-backend",
        "model-minilm-edge-protection",
        "model-minilm-edge-route",
        "model-minilm-edge-service",
        "model-minilm-v1-callers-authorization",
        "model-minilm-v1-callers-network",
        "model-minilm-v1-identity-association",
        "model-minilm-v1-scaling",
        "model-minilm-service",
        "model-minilm-words",
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
        "annotations": {
            "slipway.dev/artifact-digest": "sha256:" + "2" * 64,
            "slipway.dev/personal-data": "refused",
        },
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "priorityClassName": "slipway-models",
        "nodeSelector": {"slipway.dev/pool": "cpu"},
        "tolerations": [{"key": "slipway.dev/models", "operator": "Exists", "effect": "NoSchedule"}],
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": PODS},
            }
        ],
        "storageContainerName": "slipway-verified",
        "model": {
            "modelFormat": {"name": "huggingface", "version": "1"},
            "runtime": "slipway-huggingface",
            "protocolVersion": "v2",
            "storageUri": "s3://example-test-models/minilm-v1/",
            "args": ["--backend=huggingface", "--task=text_embedding", "--max_model_len=256"],
            "resources": {"requests": {**amounts, "ephemeral-storage": "3Gi"}, "limits": amounts},
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "startupProbe": {
                "httpGet": {"path": "/v2/models/{{.Name}}/ready", "port": 8080},
                "timeoutSeconds": 5,
                "periodSeconds": 5,
                "failureThreshold": 120,
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
        "callers-authorization",
        "callers-network",
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
    network = made.named("model-minilm-v1-callers-network").inputs["spec"]
    assert network["podSelector"] == {"matchLabels": PODS}


def test_callers_reach_it_by_its_name_without_the_version_when_it_is_there(made):
    route = made.named("model-minilm-edge-route")
    (rule,) = route.inputs["spec"]["rules"]
    assert route.inputs["metadata"]["name"] == "minilm"
    assert route.inputs["metadata"]["namespace"] == "edge"
    assert route.inputs["spec"]["hostnames"] == ["models.example.com"]
    assert rule["matches"][0]["headers"] == [{"type": "Exact", "name": "x-ai-eg-model", "value": "minilm"}]
    (address,) = made.named("model-minilm-edge-backend").inputs["spec"]["endpoints"]
    assert address["hostname"] == "minilm.models.models.internal"
    waits = made.graph.waits_for(route.urn)
    assert {
        made.only(SERVICE).urn,
        made.named("model-minilm-shares").urn,
        made.named("model-minilm-edge-protection").urn,
    } <= waits


def _recorded(deploy, names):
    args = model_args(EMBEDDING, names=names, payload_logging=PayloadLogging(mode="request", percent=5))
    return deploy(lambda: PredictiveModel("model-minilm", args))


def test_where_payloads_are_kept_the_agent_takes_the_requests_and_the_role_may_write(deploy, names):
    made = _recorded(deploy, names)
    assert check_shapes(made.graph).problems == ()
    predictor = made.only(SERVICE).inputs["spec"]["predictor"]
    assert predictor["logger"]["url"] == (
        "s3://example-test-payloads-111122223333-eu-central-1/internal/minilm-v1"
    )
    assert [c["name"] for c in predictor["containers"]] == ["payload-sampler"]
    assert predictor["volumes"] == [
        {"name": "payload-sampler", "configMap": {"name": "minilm-v1-payload-sampler"}}
    ]
    program = made.named("model-minilm-v1-payload-sampler")
    assert program.urn in made.graph.waits_for(made.only(SERVICE).urn)
    association = made.only("aws:eks/podIdentityAssociation:PodIdentityAssociation").inputs
    assert association["roleArn"] == "arn:aws:iam::111122223333:role/example-test-payload-writer"
    way = made.named("model-minilm-v1-callers-authorization").inputs["spec"]
    assert way["rules"][0]["to"] == [{"operation": {"ports": ["9081"]}}]
    network = made.named("model-minilm-v1-callers-network").inputs["spec"]["ingress"]
    assert [p["port"] for p in network[1]["ports"]] == [9081, 8080]


def test_the_rules_are_content_with_a_model_whose_payloads_are_kept(deploy, names):
    said = judge(_recorded(deploy, names).graph, [*PAYLOADS, *PREDICTIVE])
    # Of the runtime, which is another stack's, the graph knows nothing here.
    assert [f.message for f in said.findings if "kserve-container" not in f.message] == []
    assert (said.undecided, said.faults) == ((), ())


def test_a_model_that_may_sleep_is_woken_at_the_edge_by_the_route_it_has_there(deploy, names):
    made = deploy(
        lambda: PredictiveModel("model-minilm", model_args(EMBEDDING, names=names, least=0, most=3))
    )
    route = made.named("model-minilm-edge-route").inputs
    query = made.only(SCALING).inputs["spec"]["triggers"][1]["metadata"]["query"]
    where = route["metadata"]
    assert f'"httproute/{where["namespace"]}/{where["name"]}/rule/0"' in query
    assert len(route["spec"]["rules"]) == 1
    assert made.only(SERVICE).inputs["spec"]["predictor"]["minReplicas"] == 0
    assert made.named("model-minilm-v1-budget").inputs["spec"]["maxUnavailable"] == 1
    said = judge(made.graph, [r for r in PREDICTIVE if r.id == "predictive-models-are-bounded-in-number"])
    assert said.findings == ()


@pytest.mark.parametrize(("size_gb", "failures"), [(1, 120), (40, 144)])
def test_a_large_model_is_given_the_time_to_be_read(deploy, names, size_gb, failures):
    plan = replace(EMBEDDING, size_bytes=size_gb * 10**9)
    made = deploy(lambda: PredictiveModel("model-minilm", model_args(plan, names=names)))
    probe = made.only(SERVICE).inputs["spec"]["predictor"]["model"]["startupProbe"]
    assert probe["failureThreshold"] == failures
