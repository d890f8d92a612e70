"""The pinned runtimes of predictive models: one entry an engine, chosen by name and never by KServe's guess.

All are offline, restricted, write to scratch volumes only, and are asked for their model, not for an open port.
"""

from typing import Any, Final

from components.foundation.pod_security import restricted_container
from components.foundation.well_known import MODEL_METRICS
from facts.pins import images

PREDICTOR_PORT: Final = 8080

_MODEL_DIR: Final = "/mnt/models"
_SCRATCH: Final = "/tmp"  # noqa: S108 a path inside the container
LOAD_SECONDS: Final = 600
"""From the files on the node's disk to an answer; the download is over before a probe is asked."""
_READY: Final = "/v2/models/{{.Name}}/ready"
"""The model's own answer. These servers call themselves ready before a model is there, and one that found no file
starts without any. KServe puts the service's name, which is the model's, in the braces."""
_OVMS_USER: Final = 5000
"""The image's own user, by number: Kubernetes cannot tell from a name that it is not root."""
_SCRATCH_SIZE: Final = "2Gi"
"""What a server may unpack; beyond it this pod is evicted, and not its neighbours."""


def serving_runtimes() -> dict[str, dict[str, Any]]:
    """ClusterServingRuntimes by engine; the one with ``-gpu`` is the same server built for GPUs."""
    return {
        "huggingface": huggingface(on_gpu=False),
        "huggingface-gpu": huggingface(on_gpu=True),
        "lightgbm": _boosted("lightgbm", "4", "lgbserver"),
        "openvino": openvino(),
        "xgboost": _boosted("xgboost", "2", "xgbserver"),
    }


def runtime_name(engine: str, *, on_gpu: bool = False) -> str:
    """What a predictor names to get an engine."""
    return f"slipway-{engine}-gpu" if on_gpu else f"slipway-{engine}"


def huggingface(*, on_gpu: bool) -> dict[str, Any]:
    """KServe's Hugging Face server: embedding, classification, and reranking by the vLLM inside it.

    The build for GPUs is an image of its own. KServe would add its ``-gpu`` to a tag by itself, but not to a digest,
    and only for a runtime that is annotated with the server's name: then weights for a GPU run on the processor.
    """
    image = "huggingfaceserver-gpu" if on_gpu else "huggingfaceserver"
    name = runtime_name("huggingface", on_gpu=on_gpu)
    env = {
        "HF_HUB_OFFLINE": "1",
        "HOME": _SCRATCH,
        # Where reranking is asked for: no report of its use to its makers, 1 GiB for what it caches on a processor.
        "VLLM_NO_USAGE_STATS": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_WORKER_MULTIPROC_METHOD": "spawn",
    }
    # Without the last one it writes every prompt to its log.
    args = ["--model_name={{.Name}}", f"--model_dir={_MODEL_DIR}", "--disable_log_requests"]
    return _runtime(name, ("huggingface", "1"), ("v1", "v2"), _server(image, args, env))


def openvino() -> dict[str, Any]:
    """OpenVINO Model Server: ONNX on the processor, in C++; files stand in a numbered folder (``1/model.onnx``).

    Of the two servers for it that KServe names, it is the one with a current release: the Triton that KServe v0.20.0
    pins is of May 2023. Both take a folder that describes a pipeline as leave to run the code in it.
    """
    args = [
        "--model_name={{.Name}}",
        f"--model_path={_MODEL_DIR}",
        "--port=9000",
        f"--rest_port={PREDICTOR_PORT}",
        "--file_system_poll_wait_seconds=0",
        "--metrics_enable",
    ]
    server = _server("openvino-model-server", args, {})
    server["securityContext"]["runAsUser"] = _OVMS_USER
    return _runtime(runtime_name("openvino"), ("onnx", "1"), ("v2", "grpc-v2"), server)


def _boosted(engine: str, version: str, image: str) -> dict[str, Any]:
    """KServe's servers of boosted trees, which read the libraries' own formats: no pickle is ever loaded."""
    args = [
        "--model_name={{.Name}}",
        f"--model_dir={_MODEL_DIR}",
        f"--http_port={PREDICTOR_PORT}",
        "--nthread=1",
    ]
    return _runtime(
        runtime_name(engine), (engine, version), ("v1", "v2"), _server(image, args, {"HOME": _SCRATCH})
    )


def _runtime(
    name: str, model_format: tuple[str, str], protocols: tuple[str, ...], server: dict[str, Any]
) -> dict[str, Any]:
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ClusterServingRuntime",
        "metadata": {"name": name},
        "spec": {
            "annotations": {
                "prometheus.kserve.io/path": "/metrics",
                "prometheus.kserve.io/port": str(PREDICTOR_PORT),
            },
            "supportedModelFormats": [
                {"name": model_format[0], "version": model_format[1], "autoSelect": False}
            ],
            "protocolVersions": list(protocols),
            "containers": [server],
            "volumes": [
                {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Gi"}},
                {"name": "tmp", "emptyDir": {"sizeLimit": _SCRATCH_SIZE}},
            ],
        },
    }


def _server(image: str, args: list[str], env: dict[str, str]) -> dict[str, Any]:
    return {
        "name": "kserve-container",
        "image": images()[image].reference,
        "args": args,
        "env": [{"name": name, "value": value} for name, value in env.items()],
        "ports": [{"name": MODEL_METRICS, "containerPort": PREDICTOR_PORT, "protocol": "TCP"}],
        "startupProbe": startup_probe(LOAD_SECONDS),
        "readinessProbe": {**_probe(_READY), "periodSeconds": 5, "failureThreshold": 3},
        "livenessProbe": {**_probe("/v2/health/live"), "periodSeconds": 10, "failureThreshold": 3},
        "resources": {
            "requests": {"cpu": "1", "memory": "2Gi"},
            "limits": {"cpu": "1", "memory": "2Gi"},
        },
        "securityContext": restricted_container(),
        "volumeMounts": [
            {"name": "shared-memory", "mountPath": "/dev/shm"},  # noqa: S108 PyTorch's exchange area
            {"name": "tmp", "mountPath": _SCRATCH},
        ],
    }


def startup_probe(seconds: int) -> dict[str, Any]:
    """How long a model may take from the files on its disk to an answer."""
    return {**_probe(_READY), "periodSeconds": 5, "failureThreshold": seconds // 5}


def _probe(path: str) -> dict[str, Any]:
    return {"httpGet": {"path": path, "port": PREDICTOR_PORT}, "timeoutSeconds": 5}
