"""What every model has, whatever serves it: account, disruption budget, placement, flows."""

from typing import Any

from components.flow import Flow, Peer
from components.model_plan import ModelPlan
from components.namespaces import GPU_TAINT, INNER_GATEWAY, KSERVE, OBSERVABILITY, POOL_LABEL

PROMETHEUS_ACCOUNT = "kube-prometheus-stack-prometheus"


def service_account(plan: ModelPlan, namespace: str) -> dict[str, Any]:
    """The release's own identity; no Kubernetes token is mounted."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": plan.key, "namespace": namespace, "labels": plan.labels()},
        "automountServiceAccountToken": False,
    }


def disruption_budget(
    plan: ModelPlan, namespace: str, selector: dict[str, str], replicas: int
) -> dict[str, Any]:
    """A drain takes one replica at a time, and none where there is only one."""
    allowed: dict[str, Any] = {"maxUnavailable": 1} if replicas > 1 else {"maxUnavailable": 0}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": plan.key, "namespace": namespace, "labels": plan.labels()},
        "spec": {**allowed, "selector": {"matchLabels": selector}},
    }


def placement_fields(pool: str | None) -> dict[str, Any]:
    """Where the pod may run: on its pool's nodes, whose taint it tolerates, or on the system's."""
    if pool is None:
        return {"nodeSelector": {POOL_LABEL: "system"}}
    return {
        "nodeSelector": {POOL_LABEL: pool},
        "tolerations": [{"key": GPU_TAINT, "operator": "Exists", "effect": "NoSchedule"}],
    }


def resources(plan: ModelPlan) -> dict[str, Any]:
    """Requests and limits of one replica: memory is never overcommitted, GPUs cannot be."""
    amounts = {"cpu": f"{plan.needs.cpu:g}", "memory": f"{plan.needs.memory_gib:g}Gi"}
    if plan.needs.gpu_count:
        amounts[GPU_TAINT] = str(plan.needs.gpu_count)
    return {"requests": amounts, "limits": dict(amounts)}


def model_flows(plan: ModelPlan, namespace: str, selector: dict[str, str], port: int) -> list[Flow]:
    """Who may call a model: the inner gateway, and Prometheus for its metrics."""
    target = Peer(namespace=namespace, labels=selector)
    return [
        Flow(
            name=f"{plan.key}-from-gateway",
            source=Peer(
                namespace=KSERVE,
                service_account=INNER_GATEWAY,
                labels={"gateway.envoyproxy.io/owning-gateway-name": INNER_GATEWAY},
            ),
            target=target,
            port=port,
            reason="requests of callers, authenticated at the edge",
        ),
        Flow(
            name=f"{plan.key}-from-prometheus",
            source=Peer(namespace=OBSERVABILITY, service_account=PROMETHEUS_ACCOUNT),
            target=target,
            port=port,
            reason="metrics",
        ),
    ]
