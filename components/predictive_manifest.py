"""The InferenceService of a predictive model and what scales its versions (fields: KServe v0.20.0, KEDA 2.18)."""

from collections.abc import Mapping
from typing import Any

from components.model_flows import predictor_labels
from components.model_manifests import placement_fields, resources
from components.model_plan import ModelPlan, ReleasePlan
from components.model_settings import ModelSettings, VersionSettings
from components.pod_security import restricted_container, restricted_pod
from components.predictor_arguments import predictor_server
from components.traffic import by_number


def inference_service(plan: ModelPlan, namespace: str, settings: ModelSettings) -> dict[str, Any]:
    """One service for all versions: the stable one as its predictor, every other one as a canary.

    What stands on the service goes to the pods of every version, so it says nothing of any: else a promotion would
    restart them all. KServe lays a canary over the stable predictor, so each predictor says everything.
    """
    stable, traffic = settings.traffic.stable, settings.traffic
    least = settings.versions[stable].replicas
    canaries = [
        {
            # The count is KEDA's; KServe's webhook refuses a canary with more replicas than the stable predictor.
            "predictor": {"minReplicas": 1, **_predictor(plan.releases[version], settings.versions[version])},
            "trafficPercent": traffic.percent_of(version),
        }
        for version in by_number(list(settings.versions))
        if version != stable
    ]
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": plan.model,
            "namespace": namespace,
            # KServe 0.20 writes the canaries' shares into no route, so the route is ours (predictive_route) and
            # its own is not made.
            "labels": {**plan.labels(), "networking.kserve.io/visibility": "cluster-local"},
            "annotations": {
                "serving.kserve.io/deploymentMode": "Standard",
                # Replicas are KEDA's alone, for every version and always: this annotation reaches the pods.
                "serving.kserve.io/autoscalerClass": "external",
            },
        },
        "spec": {
            "predictor": {
                "minReplicas": least.min,
                "maxReplicas": least.max,
                **_predictor(plan.releases[stable], settings.versions[stable]),
            },
            **({"canary": canaries} if canaries else {}),
        },
    }


def _predictor(plan: ReleasePlan, version: VersionSettings) -> dict[str, Any]:
    """A version, whoever gets the traffic: its Deployment, and so its pods, are the same in both places."""
    return {
        # Part of the Deployment's name from the first release on: a canary becomes the stable one without a restart
        # only where both had names.
        "name": plan.version,
        "serviceAccountName": plan.key,
        "automountServiceAccountToken": False,
        "timeout": 60,
        "labels": {"app.kubernetes.io/version": plan.version, **plan.pod_labels()},
        "annotations": plan.annotations(),
        "securityContext": restricted_pod(),
        **placement_fields(version.pool, predictor_labels(plan)),
        "model": {
            # Required of a canary by its schema; the container of the runtime that this one is merged with.
            "name": "kserve-container",
            **predictor_server(
                plan.engine, plan.task, max_context=plan.max_context, on_gpu=version.pool is not None
            ),
            "storageUri": plan.artifact_uri,
            "resources": resources(plan),
            "securityContext": restricted_container(),
        },
    }


def deployment_name(plan: ReleasePlan) -> str:
    """What KServe calls a version's Deployment and Service (``PredictorServiceName``, v0.20.0)."""
    return f"{plan.model}-{plan.version}-predictor"


def scaled_object(plan: ReleasePlan, namespace: str, replicas: Mapping[str, int]) -> dict[str, Any]:
    """KEDA holds the count of one version, stable or not; ``replicas`` holds ``min`` and ``max``."""
    return {
        "apiVersion": "keda.sh/v1alpha1",
        "kind": "ScaledObject",
        "metadata": {"name": plan.key, "namespace": namespace, "labels": plan.labels()},
        "spec": {
            "scaleTargetRef": {"name": deployment_name(plan)},
            "minReplicaCount": replicas["min"],
            "maxReplicaCount": replicas["max"],
            "cooldownPeriod": 300,
            "triggers": [{"type": "cpu", "metricType": "Utilization", "metadata": {"value": "70"}}],
        },
    }
