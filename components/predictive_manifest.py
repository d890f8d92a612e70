"""The InferenceService of a predictive model, as plain data (fields: KServe v0.20.0)."""

from typing import Any

from components.llm_configs import restricted_container
from components.model_manifests import placement_fields, resources
from components.model_plan import ModelPlan
from components.serving_runtimes import runtime_name

_TASKS = {"text-embedding": "text_embedding", "text-classification": "sequence_classification"}


def inference_service(
    plan: ModelPlan, namespace: str, *, pool: str | None, min_replicas: int, max_replicas: int
) -> dict[str, Any]:
    """One predictor whose pods carry the version in name and label, so that a promotion restarts nothing."""
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": plan.key,
            "namespace": namespace,
            "labels": plan.labels(),
            "annotations": {
                **plan.annotations(),
                "serving.kserve.io/deploymentMode": "Standard",
                # Scaling is KEDA's (or fixed): KServe's own HPA would fight it.
                "serving.kserve.io/autoscalerClass": "external" if min_replicas != max_replicas else "none",
            },
        },
        "spec": {
            "predictor": {
                "serviceAccountName": plan.key,
                "automountServiceAccountToken": False,
                "minReplicas": min_replicas,
                "maxReplicas": max_replicas,
                "timeout": 60,
                "labels": plan.labels(),
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
                **placement_fields(pool),
                "model": {
                    "modelFormat": {"name": "huggingface", "version": "1"},
                    "runtime": runtime_name("huggingface"),
                    "protocolVersion": "v2",
                    "storageUri": plan.artifact_uri,
                    "args": [
                        f"--model_name={plan.model}",
                        f"--task={_TASKS[plan.task]}",
                        "--backend=huggingface",
                    ],
                    "resources": resources(plan),
                    "securityContext": restricted_container(),
                },
            }
        },
    }


def scaled_object(plan: ModelPlan, namespace: str, *, min_replicas: int, max_replicas: int) -> dict[str, Any]:
    """KEDA on the predictor's processor use, never below what the stack asks for."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": plan.key, "namespace": namespace, "labels": plan.labels()},
        "spec": {
            "scaleTargetRef": {"name": f"{plan.key}-predictor"},
            "minReplicaCount": min_replicas,
            "maxReplicaCount": max_replicas,
            "cooldownPeriod": 300,
            "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}],
        },
    }
