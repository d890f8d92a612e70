"""The runtimes of predictive models."""

from components.serving_runtimes import huggingface, runtime_name, serving_runtimes
from facts.pins import images


def test_a_runtime_is_chosen_by_name_and_never_guessed():
    assert list(serving_runtimes()) == ["huggingface"]
    assert serving_runtimes()["huggingface"] == huggingface()
    assert (
        huggingface()["metadata"] == {"name": runtime_name("huggingface")} == {"name": "slipway-huggingface"}
    )
    assert huggingface()["spec"]["supportedModelFormats"] == [
        {"name": "huggingface", "version": "1", "autoSelect": False}
    ]


def test_the_server_is_restricted_offline_and_bounded():
    (server,) = huggingface()["spec"]["containers"]
    assert server["name"] == "kserve-container"
    assert server["image"] == images()["huggingfaceserver"].reference
    assert server["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert {e["name"]: e["value"] for e in server["env"]} == {
        "HF_HUB_OFFLINE": "1",
        "HOME": "/tmp",  # noqa: S108 a path inside the container
    }
    assert server["resources"] == {
        "requests": {"cpu": "1", "memory": "2Gi"},
        "limits": {"cpu": "1", "memory": "2Gi"},
    }


def test_the_kubelet_asks_the_server_and_prometheus_finds_the_named_port():
    (server,) = huggingface()["spec"]["containers"]
    assert server["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]
    ready = {"httpGet": {"path": "/v2/health/ready", "port": 8080}, "timeoutSeconds": 5}
    live = {"httpGet": {"path": "/v2/health/live", "port": 8080}, "timeoutSeconds": 5}
    assert server["startupProbe"] == {**ready, "periodSeconds": 5, "failureThreshold": 120}
    assert server["readinessProbe"] == {**ready, "periodSeconds": 5, "failureThreshold": 3}
    assert server["livenessProbe"] == {**live, "periodSeconds": 10, "failureThreshold": 3}
