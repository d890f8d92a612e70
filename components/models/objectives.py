"""What a model's stable version promises, as the one object that Prometheus counts and calls by."""

from typing import Any

from components.models.plan import ModelPlan
from components.observability.slo.indicators import measured
from components.observability.slo.rules import Promise, groups


def objectives_rule(plan: ModelPlan, stable: str, namespace: str) -> dict[str, Any] | None:
    """The model's PrometheusRule (monitoring.coreos.com/v1), named after the model; nothing where it promises nothing.

    Callers follow no version, so the promise is the stable version's, over all that answers. A promotion to a version
    with other objectives changes what is alerted on; the budget that was spent stays spent where an objective stays.
    """
    answering = plan.releases[stable]
    if answering.slo is None:
        return None
    promise = Promise(model=plan.model, release=answering.key, owner=answering.owner, slo=answering.slo)
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": f"{plan.model}-objectives", "namespace": namespace, "labels": plan.labels()},
        "spec": {
            "groups": groups(promise, {o.name: measured(plan.model, o) for o in answering.slo.objectives})
        },
    }
