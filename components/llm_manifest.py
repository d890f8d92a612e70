"""The LLMInferenceService of a language model on one node, as plain data (fields: KServe v0.20.0, v1alpha2)."""

from typing import Any

from components.llm_configs import engine_pod
from components.model_manifests import placement_fields, resources
from components.model_plan import ModelPlan
from components.namespaces import INNER_GATEWAY, KSERVE


def llm_inference_service(plan: ModelPlan, namespace: str, *, pool: str, replicas: int) -> dict[str, Any]:
    """One model on one node: tensor parallel over its GPUs, behind the inner gateway and an endpoint picker.

    Members of one traffic group share the model's name; weights start at 1, since a route that starts at 0
    races with its cluster's discovery.
    """
    engine = engine_pod()
    container = {
        "name": "main",
        "image": engine["containers"][0]["image"],
        "args": _engine_arguments(plan),
        "resources": resources(plan),
        "securityContext": engine["containers"][0]["securityContext"],
    }
    return {
        "apiVersion": "serving.kserve.io/v1alpha2",
        "kind": "LLMInferenceService",
        "metadata": {
            "name": plan.key,
            "namespace": namespace,
            "labels": plan.labels(),
            "annotations": plan.annotations(),
        },
        "spec": {
            "model": {"uri": plan.artifact_uri, "name": plan.model},
            "replicas": replicas,
            "parallelism": {"tensor": plan.needs.gpu_count},
            "labels": plan.labels(),
            # The evicting drain, not Karpenter, decides when a warm model moves.
            "annotations": {"karpenter.sh/do-not-disrupt": "true"},
            "template": {
                "serviceAccountName": plan.key,
                "automountServiceAccountToken": False,
                "securityContext": engine["securityContext"],
                **placement_fields(pool),
                "containers": [container],
            },
            "router": {
                "gateway": {"refs": [{"name": INNER_GATEWAY, "namespace": KSERVE}]},
                "route": {"group": plan.model, "weight": 1},
                "scheduler": {},
            },
        },
    }


def _engine_arguments(plan: ModelPlan) -> list[str]:
    arguments = [
        "--served-model-name",
        plan.model,
        "--port",
        "8000",
        "--tensor-parallel-size",
        str(plan.needs.gpu_count),
    ]
    if plan.max_context is not None:
        arguments += ["--max-model-len", str(plan.max_context)]
    return arguments
