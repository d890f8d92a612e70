"""The runtimes of predictive models."""

import pytest

from components.serving.runtimes import huggingface, openvino, runtime_name, serving_runtimes
from facts.pins import images

RUNTIMES = serving_runtimes()
IMAGES = {
    "huggingface": "docker.io/kserve/huggingfaceserver:v0.20.0",
    "huggingface-gpu": "docker.io/kserve/huggingfaceserver:v0.20.0-gpu",
    "lightgbm": "docker.io/kserve/lgbserver:v0.20.0",
    "openvino": "docker.io/openvino/model_server:2026.4.1",
    "xgboost": "docker.io/kserve/xgbserver:v0.20.0",
}


def _server(engine):
    (server,) = RUNTIMES[engine]["spec"]["containers"]
    return server


def test_a_runtime_is_chosen_by_name_and_never_guessed():
    assert {engine: r["metadata"]["name"] for engine, r in RUNTIMES.items()} == {
        engine: f"slipway-{engine}" for engine in IMAGES
    }
    assert runtime_name("huggingface", on_gpu=True) == "slipway-huggingface-gpu"
    assert {engine: r["spec"]["supportedModelFormats"] for engine, r in RUNTIMES.items()} == {
        "huggingface": [{"name": "huggingface", "version": "1", "autoSelect": False}],
        "huggingface-gpu": [{"name": "huggingface", "version": "1", "autoSelect": False}],
        "lightgbm": [{"name": "lightgbm", "version": "4", "autoSelect": False}],
        "openvino": [{"name": "onnx", "version": "1", "autoSelect": False}],
        "xgboost": [{"name": "xgboost", "version": "2", "autoSelect": False}],
    }


@pytest.mark.parametrize("engine", IMAGES)
def test_every_server_is_pinned_restricted_and_bounded(engine):
    server = _server(engine)
    assert server["name"] == "kserve-container"
    assert server["image"] == IMAGES[engine]
    user = {"runAsUser": 5000} if engine == "openvino" else {}
    assert server["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
        **user,
    }
    assert server["resources"] == {
        "requests": {"cpu": "1", "memory": "2Gi"},
        "limits": {"cpu": "1", "memory": "2Gi"},
    }
    volumes = {v["name"] for v in RUNTIMES[engine]["spec"]["volumes"]}
    assert {m["name"]: m["mountPath"] for m in server["volumeMounts"]} == {
        "shared-memory": "/dev/shm",  # noqa: S108 a path inside the container
        "tmp": "/tmp",  # noqa: S108 a path inside the container
    }
    assert volumes == {"shared-memory", "tmp"}


@pytest.mark.parametrize("engine", IMAGES)
def test_the_kubelet_asks_for_the_model_and_prometheus_finds_the_named_port(engine):
    server = _server(engine)
    assert server["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    ready = {"httpGet": {"path": "/v2/models/{{.Name}}/ready", "port": 8080}, "timeoutSeconds": 5}
    live = {"httpGet": {"path": "/v2/health/live", "port": 8080}, "timeoutSeconds": 5}
    assert server["startupProbe"] == {**ready, "periodSeconds": 5, "failureThreshold": 120}
    assert server["readinessProbe"] == {**ready, "periodSeconds": 5, "failureThreshold": 3}
    assert server["livenessProbe"] == {**live, "periodSeconds": 10, "failureThreshold": 3}


@pytest.mark.parametrize("on_gpu", [False, True])
def test_the_hugging_face_server_is_offline_and_logs_no_prompt(on_gpu):
    (server,) = huggingface(on_gpu=on_gpu)["spec"]["containers"]
    assert {e["name"]: e["value"] for e in server["env"]} == {
        "HF_HUB_OFFLINE": "1",
        "HOME": "/tmp",  # noqa: S108 a path inside the container
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    }
    assert server["args"] == ["--model_name={{.Name}}", "--model_dir=/mnt/models", "--disable_log_requests"]


def test_the_other_servers_are_told_where_the_files_are():
    assert _server("xgboost")["args"] == [
        "--model_name={{.Name}}",
        "--model_dir=/mnt/models",
        "--http_port=8080",
        "--nthread=1",
    ]
    assert _server("lightgbm")["args"] == _server("xgboost")["args"]
    (server,) = openvino()["spec"]["containers"]
    assert server["args"] == [
        "--model_name={{.Name}}",
        "--model_path=/mnt/models",
        "--port=9000",
        "--rest_port=8080",
        "--file_system_poll_wait_seconds=0",
        "--metrics_enable",
    ]


def test_every_pin_says_where_it_was_read():
    for name in ("huggingfaceserver-gpu", "lgbserver", "openvino-model-server", "xgbserver"):
        pin = images()[name]
        assert pin.source
        assert pin.digest is None
