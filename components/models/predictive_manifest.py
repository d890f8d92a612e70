"""The InferenceService of a predictive model, as plain data (fields: KServe v0.20.0)."""

from collections.abc import Mapping
from typing import Any

from components.foundation.pod_security import restricted_container, restricted_pod
from components.models.flows import predictor_labels
from components.models.manifests import placement_fields, resources
from components.models.model_loading import load_seconds
from components.models.plan import ModelPlan, ReleasePlan
from components.models.predictor_arguments import predictor_server
from components.models.settings import ModelSettings, VersionSettings
from components.models.traffic import by_number
from components.serving.download import STORAGE_CONTAINER
from components.serving.runtimes import startup_probe

Recorded = Mapping[str, Mapping[str, Any]]
"""By version: what its predictor says besides, where payloads are kept."""


def inference_service(
    plan: ModelPlan, namespace: str, settings: ModelSettings, recorded: Recorded | None = None
) -> dict[str, Any]:
    """One service for all versions: the stable one as its predictor, every other one as a canary.

    What stands on the service goes to the pods of every version, so it says nothing of any: else a promotion would
    restart them all. KServe lays a canary over the stable predictor, so each predictor says everything.
    """
    stable, traffic = settings.traffic.stable, settings.traffic
    least, besides = settings.versions[stable].replicas, recorded or {}
    canaries = [
        {
            # The count is KEDA's; KServe's webhook refuses a canary with more replicas than the stable predictor.
            "predictor": {
                "minReplicas": min(1, least.min),
                **_named(_predictor(plan.releases[version], settings.versions[version])),
                **besides.get(version, {}),
            },
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
                # No `pulumi.com/waitFor`: KServe 0.20 writes its Deployment's generation where Pulumi reads that of
                # the service. KEDA's webhook says 404 until there is a Deployment, and Pulumi asks again for a minute.
            },
        },
        "spec": {
            "predictor": {
                "minReplicas": least.min,
                "maxReplicas": least.max,
                **_predictor(plan.releases[stable], settings.versions[stable]),
                **besides.get(stable, {}),
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
        **placement_fields(version.pool, predictor_labels(plan), on_gpu=plan.needs.gpu_count > 0),
        # Every version says so, since a canary inherits it.
        "storageContainerName": STORAGE_CONTAINER,
        "model": {
            **predictor_server(
                plan.engine, plan.task, max_context=plan.max_context, on_gpu=plan.needs.gpu_count > 0
            ),
            "storageUri": plan.artifact_uri,
            "resources": resources(plan),
            "securityContext": restricted_container(),
            # Never less than the runtime's own; stated by each version, or a small canary would inherit a large
            # one's and restart when it is promoted.
            "startupProbe": startup_probe(load_seconds(plan.size_bytes)),
        },
    }


def _named(predictor: dict[str, Any]) -> dict[str, Any]:
    """A canary's server has the name that its schema asks for, and KServe's webhook forbids the stable one's.

    Both are merged with the runtime's container of this name, so that a promotion changes no pod.
    """
    return {**predictor, "model": {"name": "kserve-container", **predictor["model"]}}


def deployment_name(plan: ReleasePlan) -> str:
    """What KServe calls a version's Deployment and Service (``PredictorServiceName``, v0.20.0)."""
    return f"{plan.model}-{plan.version}-predictor"
