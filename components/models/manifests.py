"""What every model has, whatever serves it: account, disruption budget, placement, resources."""

from typing import Any, Final

from components.cluster.priorities import MODEL_PRIORITY
from components.foundation.well_known import GPU_TAINT, MODEL_TAINT, POOL_LABEL
from components.models.disk import pod_disk_gib
from components.models.plan import ReleasePlan

START_PATH: Final = "slipway.dev/start-path"
"""Annotation of a version's account: how its files reach its pods, and why so. The report reads it."""


def service_account(plan: ReleasePlan, namespace: str) -> dict[str, Any]:
    """The release's own identity; no Kubernetes token is mounted."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": plan.key,
            "namespace": namespace,
            "labels": plan.labels(),
            # Here and not on what makes pods: a reason that changes must restart nothing.
            "annotations": {START_PATH: "\n".join(plan.start.reasons)},
        },
        "automountServiceAccountToken": False,
    }


def disruption_budget(
    plan: ReleasePlan, namespace: str, selector: dict[str, str], replicas: int
) -> dict[str, Any]:
    """A drain takes one replica at a time, and none where there is only one; one that may sleep may be drained."""
    allowed: dict[str, Any] = {"maxUnavailable": 0 if replicas == 1 else 1}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": plan.key, "namespace": namespace, "labels": plan.labels()},
        "spec": {**allowed, "selector": {"matchLabels": selector}},
    }


def placement_fields(pool: str, selector: dict[str, str], *, on_gpu: bool) -> dict[str, Any]:
    """Where the pods may run, and before whom: on the nodes of one pool, whose taint they tolerate.

    Replicas go to different zones where there is room: a GPU that is there in another zone is better than none.
    """
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector},
    }
    taint = GPU_TAINT if on_gpu else MODEL_TAINT
    return {
        "priorityClassName": MODEL_PRIORITY,
        "nodeSelector": {POOL_LABEL: pool},
        "tolerations": [{"key": taint, "operator": "Exists", "effect": "NoSchedule"}],
        "topologySpreadConstraints": [spread],
    }


def resources(plan: ReleasePlan) -> dict[str, Any]:
    """Requests and limits of one replica: memory is never overcommitted, GPUs cannot be.

    Disk is asked for, so that two large models are not put on a disk that holds one; its volumes are what bounds it.
    """
    amounts = {"cpu": f"{plan.needs.cpu:g}", "memory": f"{plan.needs.memory_gib:g}Gi"}
    if plan.needs.gpu_count:
        amounts[GPU_TAINT] = str(plan.needs.gpu_count)
    disk = pod_disk_gib(plan.engine, plan.size_bytes, is_copied=plan.start.kind == "s3")
    return {"requests": {**amounts, "ephemeral-storage": f"{disk}Gi"}, "limits": amounts}
