"""Our well-known configs: complete, since upstream's are not there, and restricted, since a merge takes nothing away.

What the controller looks up and what it expects was read in KServe v0.20.0 (``pkg/controller/v1alpha2/llmisvc``).
"""

import json
import re

import pytest

from components.foundation.pod_security import restricted_container, restricted_pod
from components.serving.llm_configs import llm_configs
from components.serving.llm_engine import engine_pod
from components.serving.llm_route import route, version_path
from components.serving.llm_scheduler import picker_pod, scheduler
from gate.schema.shape import check_shapes
from policies.engine.graph import Graph
from tests.policies.cases import resource

CONFIG = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceServiceConfig"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
POOL = "{{ ChildName .ObjectMeta.Name `-inference-pool` }}"


def test_there_is_one_for_each_name_a_model_on_one_node_is_looked_up_under():
    made = llm_configs("cpu")
    assert {role: m["metadata"] for role, m in made.items()} == {
        "engine": {"name": "kserve-config-llm-template", "namespace": "kserve"},
        "scheduler": {"name": "kserve-config-llm-scheduler", "namespace": "kserve"},
        "route": {"name": "kserve-config-llm-router-route", "namespace": "kserve"},
        "tracing": {"name": "kserve-config-llm-tracing", "namespace": "kserve"},
    }


@pytest.mark.parametrize("role", ["engine", "scheduler", "route", "tracing"])
def test_every_config_has_the_shape_its_api_defines(role):
    manifest = llm_configs("cpu")[role]
    assert check_shapes(Graph([resource(CONFIG, manifest)])).problems == ()


def test_templates_use_only_what_the_controller_offers():
    """Missing keys are errors there, and a word in braces that is no template would be executed too."""
    used = set(re.findall(r"\{\{\s*(.*?)\s*\}\}", json.dumps(llm_configs("cpu"))))
    assert used == {
        ".ObjectMeta.Name",
        ".ObjectMeta.Namespace",
        ".Spec.Model.Name",
        "ChildName .ObjectMeta.Name `-epp-service`",
        "ChildName .ObjectMeta.Name `-inference-pool`",
        "ChildName .ObjectMeta.Name `-kserve-self-signed-certs`",
    }


@pytest.mark.parametrize("pod", [engine_pod(), picker_pod("cpu")], ids=["engine", "picker"])
def test_every_container_is_restricted(pod):
    assert pod["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    containers = [*pod.get("initContainers", []), *pod["containers"]]
    assert [c["securityContext"] for c in containers] == [RESTRICTED] * len(containers)
    assert restricted_container() == RESTRICTED
    assert restricted_pod() == pod["securityContext"]
    assert pod["enableServiceLinks"] is False


def test_the_engine_starts_without_a_shell_where_kserve_expects_it():
    pod = engine_pod()
    (engine,) = pod["containers"]
    assert engine["name"] == "main"
    assert engine["command"] == [
        "vllm",
        "serve",
        "/mnt/models",
        "--port",
        "8000",
        "--served-model-name",
        "{{ .Spec.Model.Name }}",
        "--disable-uvicorn-access-log",
    ]
    assert engine["ports"] == [{"name": "http", "containerPort": 8000, "protocol": "TCP"}]
    assert {"name": "HF_HUB_OFFLINE", "value": "1"} in engine["env"]
    assert pod["automountServiceAccountToken"] is False
    assert "resources" not in engine


def test_the_engine_has_an_hour_to_start_and_ninety_seconds_to_finish():
    pod = engine_pod()
    (engine,) = pod["containers"]
    health = {"httpGet": {"path": "/health", "port": 8000, "scheme": "HTTP"}}
    assert engine["startupProbe"] == {**health, "periodSeconds": 10, "failureThreshold": 360}
    assert engine["readinessProbe"] == {
        **health,
        "periodSeconds": 5,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }
    assert engine["lifecycle"] == {"preStop": {"sleep": {"seconds": 90}}}
    assert pod["terminationGracePeriodSeconds"] == 120


def test_the_download_is_each_models_own_since_a_merge_takes_none_away():
    assert "initContainers" not in engine_pod()


def test_the_pool_holds_the_services_engines_and_asks_its_picker():
    assert scheduler("cpu")["pool"] == {
        "spec": {
            "endpointPickerRef": {
                "kind": "Service",
                "name": "{{ ChildName .ObjectMeta.Name `-epp-service` }}",
                "port": {"number": 9002},
                "failureMode": "FailClose",
            },
            "selector": {
                "matchLabels": {
                    "app.kubernetes.io/name": "{{ .ObjectMeta.Name }}",
                    "app.kubernetes.io/part-of": "llminferenceservice",
                    "kserve.io/component": "workload",
                }
            },
            "targetPorts": [{"number": 8000}],
        }
    }
    assert scheduler("cpu")["annotations"] == {"app.kubernetes.io/version": "0.9.0"}


def test_the_picker_serves_tls_to_the_gateway_and_its_health_to_the_kubelet():
    (picker,) = picker_pod("cpu")["containers"]
    assert picker["command"] == [
        "/app/epp",
        "--pool-name",
        POOL,
        "--pool-namespace",
        "{{ .ObjectMeta.Namespace }}",
        "--grpc-port",
        "9002",
        "--grpc-health-port",
        "9003",
        "--secure-serving=true",
        "--cert-path=/var/run/kserve/tls",
        "--enable-cert-reload=true",
        "--enable-pprof=false",
        "--zap-encoder",
        "json",
    ]
    assert "args" not in picker, "the controller adds --config-text there"
    assert {p["name"]: p["containerPort"] for p in picker["ports"]} == {
        "grpc": 9002,
        "grpc-health": 9003,
        "metrics": 9090,
    }
    assert picker["livenessProbe"]["grpc"] == {"port": 9003, "service": "liveness"}
    assert picker["readinessProbe"]["grpc"] == {"port": 9003, "service": "readiness"}
    assert picker["resources"]["limits"] == {"cpu": "2", "memory": "4Gi"}


def test_the_picker_leaves_a_lost_node_after_half_a_minute():
    assert picker_pod("cpu")["tolerations"][1:] == [
        {
            "key": f"node.kubernetes.io/{state}",
            "operator": "Exists",
            "effect": "NoExecute",
            "tolerationSeconds": 30,
        }
        for state in ("not-ready", "unreachable")
    ]
    assert picker_pod("cpu")["terminationGracePeriodSeconds"] >= engine_pod()["terminationGracePeriodSeconds"]


def test_the_picker_runs_on_a_cpu_pool_and_yields_to_no_model():
    pod = picker_pod("cpu")
    assert pod["nodeSelector"] == {"slipway.dev/pool": "cpu"}
    assert pod["tolerations"][0] == {
        "key": "slipway.dev/models",
        "operator": "Exists",
        "effect": "NoSchedule",
    }
    assert "priorityClassName" not in pod, "0 is above every model"


def test_routes_lead_from_the_inner_gateway_to_the_pool_and_nowhere_else():
    made = route()
    assert made["parentRefs"] == [
        {
            "group": "gateway.networking.k8s.io",
            "kind": "Gateway",
            "name": "kserve-ingress-gateway",
            "namespace": "kserve",
        }
    ]
    backend = {
        "group": "inference.networking.k8s.io",
        "kind": "InferencePool",
        "name": POOL,
        "port": 8000,
        "weight": 1,
    }
    assert [rule["backendRefs"] for rule in made["rules"]] == [[backend]] * 3
    assert {rule["timeouts"]["request"] for rule in made["rules"]} == {"0s"}


def test_a_version_answers_three_questions_under_its_own_path_and_no_path_is_shared():
    version = "/{{ .ObjectMeta.Namespace }}/{{ .ObjectMeta.Name }}"
    paths = {}
    for rule in route()["rules"]:
        (match,), (rewrite,) = rule["matches"], rule["filters"]
        assert match["path"]["type"] == "PathPrefix"
        paths[match["path"]["value"]] = rewrite["urlRewrite"]["path"]["replacePrefixMatch"]
    assert paths == {
        f"{version}/v1/{question}": f"/v1/{question}"
        for question in ("completions", "chat/completions", "responses")
    }
    assert version_path("models", "support-chat-v1") == "/models/support-chat-v1"


def test_one_request_in_twenty_is_traced_to_our_own_collector():
    assert llm_configs("cpu")["tracing"]["spec"] == {
        "tracing": {
            "exporterEndpoint": "http://otel-collector.observability.svc.cluster.local:4317",
            "exporter": "otlp",
            "sampler": "parentbased_traceidratio",
            "samplerArg": "0.05",
        }
    }
