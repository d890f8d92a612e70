"""Our own well-known LLMInferenceServiceConfigs.

KServe always merges the configs of these names, and a merge cannot take anything away; so the chart's are
left out and ours stand under their names: a restricted pod, no capability, no script that looks for RoCE.
"""

from typing import Any, Final

from components.namespaces import KSERVE
from facts.pins import images

ENGINE_PORT: Final = 8000
STARTUP_SECONDS: Final = 3600
"""A 140 GB model from S3 took 2,442 s cold (KServe documentation pull request 5852, m6i.2xlarge, gp3)."""


def llm_configs() -> dict[str, dict[str, Any]]:
    """The configs of a single-node model by role: engine and scheduler. Other topologies get modules of their own."""
    return {
        "engine": _config("kserve-config-llm-template", {"template": engine_pod()}),
        "scheduler": _config(
            "kserve-config-llm-scheduler", {"router": {"scheduler": {"template": scheduler_pod()}}}
        ),
    }


def _config(name: str, spec: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceServiceConfig",
        "metadata": {"name": name, "namespace": KSERVE},
        "spec": spec,
    }


def restricted_container() -> dict[str, Any]:
    """What the restricted Pod Security Standard asks of a container."""
    return {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def engine_pod() -> dict[str, Any]:
    """vLLM, started without a shell; it writes to its own scratch volumes only."""
    health = {"httpGet": {"path": "/health", "port": ENGINE_PORT, "scheme": "HTTP"}}
    return {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": 120,
        "containers": [
            {
                "name": "main",
                "image": images()["llm-d-cuda"].reference,
                "command": ["vllm", "serve", "/mnt/models"],
                "args": ["--served-model-name", "{{ .Spec.Model.Name }}", "--port", str(ENGINE_PORT)],
                "env": [
                    {"name": "HOME", "value": "/home"},
                    # The weights are on disk; a hub must never be asked at run time.
                    {"name": "HF_HUB_OFFLINE", "value": "1"},
                    {"name": "VLLM_NO_USAGE_STATS", "value": "1"},
                ],
                "ports": [{"containerPort": ENGINE_PORT, "protocol": "TCP"}],
                "securityContext": restricted_container(),
                "startupProbe": {**health, "periodSeconds": 10, "failureThreshold": STARTUP_SECONDS // 10},
                "readinessProbe": {**health, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 3},
                "livenessProbe": {**health, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 3},
                "volumeMounts": [
                    {"name": "home", "mountPath": "/home"},
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 a path inside the container
                    {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 NCCL's exchange area
                ],
            }
        ],
        "volumes": [
            {"name": "home", "emptyDir": {}},
            {"name": "tmp", "emptyDir": {}},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}},
        ],
    }


def scheduler_pod() -> dict[str, Any]:
    """The endpoint picker; it reads pods and pools, so it keeps its token."""
    return {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [
            {
                "name": "main",
                "image": images()["llm-d-router"].reference,
                "resources": {
                    "requests": {"cpu": "256m", "memory": "500Mi"},
                    "limits": {"cpu": "2", "memory": "2Gi"},
                },
                "securityContext": restricted_container(),
                "ports": [
                    {"name": "grpc", "containerPort": 9002, "protocol": "TCP"},
                    {"name": "grpc-health", "containerPort": 9003, "protocol": "TCP"},
                    {"name": "metrics", "containerPort": 9090, "protocol": "TCP"},
                ],
            }
        ],
    }
