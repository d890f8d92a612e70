"""The pinned runtimes of predictive models, one entry an engine."""

from typing import Any, Final

from components.namespaces import MODEL_METRICS
from components.pod_security import restricted_container
from facts.pins import images

PREDICTOR_PORT: Final = 8080


def serving_runtimes() -> dict[str, dict[str, Any]]:
    """ClusterServingRuntimes by engine: chosen by name, never by KServe's guess."""
    return {"huggingface": huggingface()}


def runtime_name(engine: str) -> str:
    """What a predictor names to get an engine."""
    return f"slipway-{engine}"


def huggingface() -> dict[str, Any]:
    """KServe's Hugging Face server, offline: the weights come from the model store, never from a hub."""
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterServingRuntime",
        "metadata": {"name": runtime_name("huggingface")},
        "spec": {
            "annotations": {
                "prometheus.kserve.io/path": "/metrics",
                "prometheus.kserve.io/port": str(PREDICTOR_PORT),
            },
            "supportedModelFormats": [{"name": "huggingface", "version": "1", "autoSelect": False}],
            "protocolVersions": ["v1", "v2"],
            "containers": [
                {
                    "name": "kserve-container",
                    "image": images()["huggingfaceserver"].reference,
                    "args": ["--model_name={{.Name}}", "--model_dir=/mnt/models"],
                    "env": [
                        {"name": "HF_HUB_OFFLINE", "value": "1"},
                        {"name": "HOME", "value": "/tmp"},  # noqa: S108 a path inside the container
                    ],
                    "ports": [{"name": MODEL_METRICS, "containerPort": PREDICTOR_PORT, "protocol": "TCP"}],
                    "startupProbe": {**_probe("ready"), "periodSeconds": 5, "failureThreshold": 120},
                    "readinessProbe": {**_probe("ready"), "periodSeconds": 5, "failureThreshold": 3},
                    "livenessProbe": {**_probe("live"), "periodSeconds": 10, "failureThreshold": 3},
                    "resources": {
                        "requests": {"cpu": "1", "memory": "2Gi"},
                        "limits": {"cpu": "1", "memory": "2Gi"},
                    },
                    "securityContext": restricted_container(),
                    "volumeMounts": [
                        {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 PyTorch's exchange area
                        {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 a path inside the container
                    ],
                }
            ],
            "volumes": [
                {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
                {"name": "tmp", "emptyDir": {}},
            ],
        },
    }


def _probe(question: str) -> dict[str, Any]:
    """The server's own answer: an open port says nothing of a model that is still being read."""
    return {"httpGet": {"path": f"/v2/health/{question}", "port": PREDICTOR_PORT}, "timeoutSeconds": 5}
