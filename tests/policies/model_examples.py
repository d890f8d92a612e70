"""Models that break no rule, and one-defect changes of them."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from policies.engine.graph import Resource
from tests.policies.cases import Case, resource

API = "kubernetes:serving.kserve.io"
RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
AMOUNTS = {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "2Gi"}}
GPUS = {"requests": {"cpu": "4", "memory": "24Gi"}, "limits": {"memory": "24Gi", "nvidia.com/gpu": "2"}}

SERVER = {
    "name": "kserve-container",
    "image": "server:1.2.3",
    "env": [{"name": "HF_HUB_OFFLINE", "value": "1"}],
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    "resources": AMOUNTS,
}

RUNTIME = resource(
    f"{API}/v1alpha1:ClusterServingRuntime",
    {
        "kind": "ClusterServingRuntime",
        "metadata": {"name": "ours"},
        "spec": {
            "containers": [
                {
                    "name": "kserve-container",
                    "image": "server:1.2.3",
                    "securityContext": RESTRICTED,
                    "resources": AMOUNTS,
                }
            ]
        },
    },
    name="runtime",
)
"""A runtime whose containers are restricted and bounded, for models that say nothing themselves."""

_SERVICE = {
    "apiVersion": "serving.kserve.io/v1beta1",
    "kind": "InferenceService",
    "metadata": {
        "name": "minilm",
        "namespace": "models",
        "annotations": {"serving.kserve.io/deploymentMode": "Standard"},
    },
    "spec": {
        "predictor": {
            "serviceAccountName": "minilm",
            "automountServiceAccountToken": False,
            "minReplicas": 1,
            "maxReplicas": 3,
            "model": {
                "modelFormat": {"name": "huggingface"},
                "storageUri": "s3://models/minilm-v1/",
                "image": "server:1.2.3",
                "resources": AMOUNTS,
                "securityContext": RESTRICTED,
            },
        }
    },
}
_LLM = {
    "apiVersion": "serving.kserve.io/v1alpha2",
    "kind": "LLMInferenceService",
    "metadata": {"name": "chat-v1", "namespace": "models"},
    "spec": {
        "model": {"uri": "s3://models/chat-v1/", "name": "chat"},
        "replicas": 1,
        "parallelism": {"tensor": 2},
        "template": {
            "serviceAccountName": "chat-v1",
            "automountServiceAccountToken": False,
            "containers": [
                {
                    "name": "main",
                    "image": "engine:1.2.3",
                    "env": [{"name": "HF_HUB_OFFLINE", "value": "1"}],
                    "resources": GPUS,
                    "securityContext": RESTRICTED,
                }
            ],
        },
        "router": {"route": {"group": "chat", "weight": 1}, "scheduler": {}},
    },
}


def service(change: Callable[[dict[str, Any]], object] | None = None, **extra: Any) -> Resource:
    """An InferenceService; ``change`` gets the whole object."""
    made = deepcopy(_SERVICE)
    if change is not None:
        change(made)
    return resource(f"{API}/v1beta1:InferenceService", made, **extra)


def predictor(change: Callable[[dict[str, Any]], object], **extra: Any) -> Resource:
    """An InferenceService whose predictor is changed."""
    return service(lambda made: change(made["spec"]["predictor"]), **extra)


def model(change: Callable[[dict[str, Any]], object]) -> Resource:
    """An InferenceService whose predictor's model is changed."""
    return service(lambda made: change(made["spec"]["predictor"]["model"]))


def llm(change: Callable[[dict[str, Any]], object] | None = None, version: str = "v1alpha2") -> Resource:
    """An LLMInferenceService; ``change`` gets its spec."""
    made = deepcopy(_LLM)
    if change is not None:
        change(made["spec"])
    return resource(f"{API}/{version}:LLMInferenceService", made)


def engine(change: Callable[[dict[str, Any]], object]) -> Resource:
    """An LLMInferenceService whose engine's container is changed."""
    return llm(lambda spec: change(spec["template"]["containers"][0]))


def runtime(
    change: Callable[[dict[str, Any], dict[str, Any]], object] | None = None,
    kind: str = "ClusterServingRuntime",
    formats: Sequence[str] = ("huggingface",),
) -> Resource:
    """A runtime; ``change`` gets its spec and its container."""
    spec: dict[str, Any] = {
        "containers": [deepcopy(SERVER)],
        "supportedModelFormats": [{"name": name} for name in formats],
    }
    if change is not None:
        change(spec, spec["containers"][0])
    return resource(f"{API}/v1alpha1:{kind}", {"kind": kind, "metadata": {"name": "x"}, "spec": spec})


def budget(labels: dict[str, str], namespace: str = "models") -> Resource:
    manifest = {
        "kind": "PodDisruptionBudget",
        "metadata": {"name": "budget", "namespace": namespace},
        "spec": {"selector": {"matchLabels": labels}},
    }
    return resource("kubernetes:policy/v1:PodDisruptionBudget", manifest, name=f"budget-{namespace}")


def failing(judged: Resource, *findings: str, others: tuple[Resource, ...] = ()) -> Case:
    return Case(judged, others=others, findings=findings)


OTHER = [Case(resource("kubernetes:core/v1:Service", {"kind": "Service"}))]
