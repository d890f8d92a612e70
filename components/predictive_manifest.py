"""The InferenceService of a predictive model, as plain data (fields: KServe v0.20.0)."""

from typing import Any

from components.model_flows import predictor_labels
from components.model_manifests import placement_fields, resources
from components.model_plan import ModelPlan
from components.pod_security import restricted_container, restricted_pod
from components.predictor_arguments import predictor_server


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
                # Part of the Deployment's name from the first release on: a canary becomes the stable one without
                # a restart only where both had names.
                "name": plan.version,
                "serviceAccountName": plan.key,
                "automountServiceAccountToken": False,
                "minReplicas": min_replicas,
                "maxReplicas": max_replicas,
                "timeout": 60,
                "labels": plan.pod_labels(),
                "securityContext": restricted_pod(),
                **placement_fields(pool, predictor_labels(plan)),
                "model": {
                    **predictor_server(
                        plan.engine, plan.task, max_context=plan.max_context, on_gpu=pool is not None
                    ),
                    "storageUri": plan.artifact_uri,
                    "resources": resources(plan),
                    "securityContext": restricted_container(),
                },
            }
        },
    }


def deployment_name(plan: ModelPlan) -> str:
    """What KServe calls the Deployment of the predictor (``PredictorServiceName``, v0.20.0)."""
    return f"{plan.key}-{plan.version}-predictor"


def scaled_object(plan: ModelPlan, namespace: str, *, min_replicas: int, max_replicas: int) -> dict[str, Any]:
    """KEDA on the predictor's processor use, never below what the stack asks for."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": plan.key, "namespace": namespace, "labels": plan.labels()},
        "spec": {
            "scaleTargetRef": {"name": deployment_name(plan)},
            "minReplicaCount": min_replicas,
            "maxReplicaCount": max_replicas,
            "cooldownPeriod": 300,
            "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}],
        },
    }
