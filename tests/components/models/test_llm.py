"""What :class:`Llm` registers. Mocks cannot prove that KServe acts on it."""

from dataclasses import replace

import pytest

from components.models.llm import Llm
from components.models.llm_manifest import llm_inference_service, start_minutes
from components.serving.llm_engine import engine_pod
from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from policies.rules.kubernetes.dependencies import RULES as ORDER
from tests.components.model_examples import CHAT, CHAT_POD, model_args

MODEL = "model-support-chat"
NAME = f"{MODEL}-v1"
SERVICE = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
ENGINE = {
    "app.kubernetes.io/name": "support-chat-v1",
    "app.kubernetes.io/part-of": "llminferenceservice",
    "kserve.io/component": "workload",
}


@pytest.fixture
def made(deploy, names):
    return deploy(lambda: Llm(MODEL, model_args(CHAT, names=names, pool="l4", least=2, most=2)))


@pytest.fixture
def spec(made):
    return made.only(SERVICE).inputs["spec"]


def test_exactly_these_are_made_in_their_shape(made):
    assert check_shapes(made.graph).problems == ()
    # The picker is in the closed namespace: a way out too.
    ways = [f"{NAME}-callers-{role}" for role in ("authorization", "network", "network-egress")]
    assert sorted(name for _, name in made.children(MODEL)) == sorted(
        [
            *ways,
            f"{NAME}-account",
            f"{NAME}-budget",
            f"{MODEL}-edge-access",
            f"{MODEL}-edge-protection",
            f"{MODEL}-edge-route",
            f"{MODEL}-edge-service-v1",
            f"{NAME}-identity-association",
            f"{NAME}-service",
            f"{NAME}-words",
        ]
    )


def test_the_service_is_the_release(made, spec):
    assert made.only(SERVICE).inputs["metadata"] == {
        "name": "support-chat-v1",
        "namespace": "models",
        "labels": CHAT.labels(),
        "annotations": {
            "slipway.dev/artifact-digest": "sha256:" + "1" * 64,
            "slipway.dev/personal-data": "redacted",
            "pulumi.com/waitFor": "condition=WorkloadsReady",
        },
    }
    assert {key: value for key, value in spec.items() if key != "template"} == {
        "model": {"uri": "s3://example-test-models/support-chat-v1/", "name": "support-chat"},
        "storageInitializer": {"enabled": False},
        "replicas": 2,
        "parallelism": {"tensor": 2},
        "labels": CHAT_POD,
        "annotations": {"karpenter.sh/do-not-disrupt": "true"},
        "router": {
            "gateway": {"refs": [{"name": "kserve-ingress-gateway", "namespace": "kserve"}]},
            "route": {"group": "support-chat", "weight": 1},
            "scheduler": {},
        },
        "tracing": {},
    }


def test_the_pod_is_the_configs_with_the_releases_account_place_and_size(spec):
    pod, config = spec["template"], engine_pod()
    (engine,), (plain,) = pod["containers"], config["containers"]
    amounts = {"cpu": "4", "memory": "24Gi", "nvidia.com/gpu": "2"}
    files = {"name": "kserve-provision-location", "mountPath": "/mnt/models"}
    assert {k: v for k, v in pod.items() if k not in {"containers", "initContainers"}} == {
        **{k: v for k, v in config.items() if k != "containers"},
        "volumes": [*config["volumes"], {"name": files["name"], "emptyDir": {"sizeLimit": "17Gi"}}],
        "serviceAccountName": "support-chat-v1",
        "priorityClassName": "slipway-models",
        "nodeSelector": {"slipway.dev/pool": "l4"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": {"matchLabels": ENGINE},
            }
        ],
    }
    assert engine == {
        **plain,
        "command": [w if w != "{{ .Spec.Model.Name }}" else "support-chat" for w in plain["command"]],
        "args": ["--tensor-parallel-size", "2", "--max-model-len", "8192"],
        "resources": {"requests": {**amounts, "ephemeral-storage": "36Gi"}, "limits": amounts},
        "volumeMounts": [*plain["volumeMounts"], {**files, "readOnly": True}],
    }
    assert "{{" not in str(pod)


def test_the_service_comes_after_what_makes_it_safe(made):
    waits = made.graph.waits_for(made.only(SERVICE).urn)
    for role in (
        "account",
        "identity-association",
        "budget",
        "callers-authorization",
        "callers-network",
        "callers-network-egress",
    ):
        assert made.named(f"{NAME}-{role}").urn in waits
    assert judge(made.graph, ORDER).findings == ()


def test_the_budget_is_for_the_engines(made):
    assert made.named(f"{NAME}-budget").inputs["spec"] == {
        "maxUnavailable": 1,
        "selector": {"matchLabels": ENGINE},
    }


def test_the_mesh_lets_the_gateway_prometheus_and_its_own_picker_to_the_engine(made):
    engine = made.named(f"{NAME}-callers-authorization").inputs["spec"]
    assert engine["selector"] == {"matchLabels": ENGINE}
    assert engine["rules"] == [
        {
            "from": [
                {
                    "source": {
                        "principals": [
                            "cluster.local/ns/kserve/sa/kserve-ingress-gateway",
                            "cluster.local/ns/observability/sa/kube-prometheus-stack-prometheus",
                            "cluster.local/ns/models/sa/support-chat-v1-epp-sa",
                        ]
                    }
                }
            ],
            "to": [{"operation": {"ports": ["8000"]}}],
        }
    ]


def test_callers_ask_for_the_model_and_the_weights_choose_the_version(made):
    route = made.named(f"{MODEL}-edge-route")
    (rule,) = route.inputs["spec"]["rules"]
    assert rule["matches"] == [
        {"headers": [{"type": "Exact", "name": "x-ai-eg-model", "value": "support-chat"}]}
    ]
    backend = made.named(f"{MODEL}-edge-service-v1").inputs["spec"]
    assert backend["schema"] == {"name": "OpenAI", "prefix": "/models/support-chat-v1/v1"}
    assert made.only(SERVICE).urn in made.graph.waits_for(route.urn)


@pytest.mark.parametrize(("size_gb", "failures"), [(140, 360), (400, 618)])
def test_an_engine_has_an_hour_to_start_or_as_long_as_its_files_need(size_gb, failures, names):
    plan = replace(CHAT, size_bytes=size_gb * 10**9)
    manifest = llm_inference_service(plan, "models", names, pool="l4", replicas=1)
    (engine,) = manifest["spec"]["template"]["containers"]
    assert engine["startupProbe"]["failureThreshold"] == failures


def test_up_waits_for_a_machine_and_twice_the_files_before_callers_are_sent_there(made):
    # 16 GB from S3 take 179 s by the figures of start_times.yaml, and a machine 20 minutes.
    assert start_minutes(CHAT) == -(-(1200 + 2 * 179) // 60) == 26
    # A 70B model's 2,319 s make 98 minutes; whatever takes longer than half of a role's session is left to the next up.
    assert start_minutes(replace(CHAT, start=replace(CHAT.start, cold_seconds=2319))) == 98
    assert start_minutes(replace(CHAT, start=replace(CHAT.start, cold_seconds=9000))) == 120
    route = made.named(f"{MODEL}-edge-route")
    assert made.only(SERVICE).urn in made.graph.waits_for(route.urn)
