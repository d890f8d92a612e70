"""The pod that runs a language model on the GPUs of one node."""

from typing import Any, Final

from components.foundation.pod_security import restricted_container, restricted_pod
from components.foundation.well_known import MODEL_METRICS
from facts.pins import images

ENGINE_PORT: Final = 8000
"""Where KServe's Service, the pool and the endpoint picker expect an engine."""
STARTUP_SECONDS: Final = 3600
"""A 140 GB model from S3 took 2,442 s cold (KServe documentation pull request 5852, m6i.2xlarge, gp3)."""
DRAIN_SECONDS: Final = 90
"""A pod that goes away takes nothing new and finishes what it has: the picker forgets it in the first seconds."""
_GRACE_SECONDS: Final = DRAIN_SECONDS + 30
_SCRATCH: Final = "10Gi"
"""For vLLM's compiled kernels and what it unpacks; beyond it this pod is evicted, and not its neighbours."""


def engine_pod() -> dict[str, Any]:
    """vLLM, started without a shell; it writes to its own scratch volumes only.

    Plain HTTP: the mesh encrypts between nodes and knows who calls.
    """
    return {
        "automountServiceAccountToken": False,
        # Variables of Services would reach vLLM, which reads every VLLM_ variable as a setting.
        "enableServiceLinks": False,
        "securityContext": restricted_pod(),
        "terminationGracePeriodSeconds": _GRACE_SECONDS,
        "containers": [_engine()],
        "volumes": [
            {"name": "home", "emptyDir": {"sizeLimit": _SCRATCH}},
            {"name": "tmp", "emptyDir": {"sizeLimit": _SCRATCH}},
            {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "8Gi"}},
        ],
    }


def _engine() -> dict[str, Any]:
    health = {"httpGet": {"path": "/health", "port": ENGINE_PORT, "scheme": "HTTP"}}
    return {
        "name": "main",
        "image": images()["llm-d-cuda"].reference,
        # The whole command stands here: a service's ``args`` (components/models/engine_arguments.py) are added to it,
        # and replace nothing.
        "command": [
            "vllm",
            "serve",
            "/mnt/models",
            "--port",
            str(ENGINE_PORT),
            "--served-model-name",
            "{{ .Spec.Model.Name }}",
            "--disable-uvicorn-access-log",
        ],
        "env": [
            {"name": "HOME", "value": "/home"},
            # The weights are on disk; a hub must never be asked at run time.
            {"name": "HF_HUB_OFFLINE", "value": "1"},
            {"name": "VLLM_NO_USAGE_STATS", "value": "1"},
        ],
        "ports": [{"name": MODEL_METRICS, "containerPort": ENGINE_PORT, "protocol": "TCP"}],
        "securityContext": restricted_container(),
        "lifecycle": {"preStop": {"sleep": {"seconds": DRAIN_SECONDS}}},
        "startupProbe": {**health, "periodSeconds": 10, "failureThreshold": STARTUP_SECONDS // 10},
        "readinessProbe": {**health, "periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 3},
        # An engine at its limit is slow to say so; to start it again costs minutes, and every stream it holds.
        "livenessProbe": {**health, "periodSeconds": 10, "timeoutSeconds": 10, "failureThreshold": 10},
        "volumeMounts": [
            {"name": "home", "mountPath": "/home"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 a path inside the container
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 NCCL's exchange area
        ],
    }
