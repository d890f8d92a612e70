"""What a model's stable version promises, as the one object that Prometheus counts and calls by."""

from typing import Any, Final

from components.models.plan import ModelPlan, ReleasePlan
from components.observability.slo.indicators import measured
from components.observability.slo.rules import SECONDS, Promise, groups
from facts.prices import instance_price
from releases.throughput import Throughput

MOST_RECORDED: Final = 40
"""Recorded series of a release: four objectives take them all, and then its tokens have no price of the last hour."""
COST: Final = "model:usd_per_1000_tokens:1h"


def objectives_rule(plan: ModelPlan, stable: str, namespace: str, region: str) -> dict[str, Any] | None:
    """The model's PrometheusRule (monitoring.coreos.com/v1), named after the model; nothing where it would be empty.

    Callers follow no version, so the promise is the stable version's, over all that answers. A promotion to a version
    with other objectives changes what is alerted on; the budget that was spent stays spent where an objective stays.
    """
    answering = plan.releases[stable]
    made = _promised(plan.model, answering)
    priced = cost_group(plan.model, namespace, answering.throughput, region)
    if recorded([*made, *priced]) <= MOST_RECORDED:
        made += priced
    if not made:
        return None
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": f"{plan.model}-objectives", "namespace": namespace, "labels": plan.labels()},
        "spec": {"groups": made},
    }


def recorded(made: list[dict[str, Any]]) -> int:
    """How many series these groups record."""
    return sum("record" in rule for group in made for rule in group["rules"])


def _promised(model: str, answering: ReleasePlan) -> list[dict[str, Any]]:
    slo = answering.slo
    if slo is None:
        return []
    promise = Promise(model=model, release=answering.key, owner=answering.owner, slo=slo)
    return groups(promise, {o.name: measured(model, o) for o in slo.objectives})


def cost_group(
    model: str, namespace: str, throughput: Throughput | None, region: str
) -> list[dict[str, Any]]:
    """What 1,000 tokens of the last hour did cost: its pods' hours at list price, by the tokens that the edge counted.

    The price of a pod is that of the machine its record's throughput was measured on, by the replicas that stood
    there. Nothing where the record states none, or the machine has no price in the region.
    """
    price = instance_price(throughput.machine, region) if throughput else None
    if throughput is None or price is None:
        return []
    pods = f'sum(count_over_time(up{{namespace="{namespace}",slipway_dev_model="{model}"}}[1h]))'
    of_model = f'gen_ai_original_model="{model}",gen_ai_token_type=~"input|output"'
    tokens = f"sum(increase(gen_ai_client_token_usage_sum{{{of_model}}}[1h]))"
    spent = f"{price / throughput.replicas:.9g} * {pods} * {SECONDS} / 3600"
    return [
        {
            "name": f"cost-{model}",
            "interval": "60s",
            "rules": [
                {
                    "record": COST,
                    # Without a request there is no price of one: an idle model has its price a month.
                    "expr": f"1000 * {spent} / ({tokens} > 0)",
                    "labels": {"model": model},
                }
            ],
        }
    ]
