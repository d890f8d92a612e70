"""No busy GPU is taken away: consolidation, drift and expiry of pools, in manifests of others too."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from policies.analysis.machines.capacity import holding_of, holdings
from policies.analysis.machines.types import NODE_POOLS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, hours, sequence, text
from policies.rules.karpenter.node_pools import is_gpu_pool, template_of

_SHORTEST_LIFE_HOURS: Final = 14 * 24
_DEFAULT: Final = {"v1": "WhenEmptyOrUnderutilized", "v1beta1": "WhenUnderutilized"}
"""``consolidationPolicy`` of a pool that sets none (karpenter.sh, "Disruption" and "v1 Migration", read 2026-11-28)."""
_STAYS: Final = "karpenter.sh/do-not-disrupt"


def _never_moved(resource: Resource, graph: Graph, *, is_planned: bool = False) -> Iterator[Offence]:
    if not is_gpu_pool(resource):
        return
    policy = text(at(resource.inputs, "spec.disruption.consolidationPolicy"))
    is_left_out = not policy and resource.is_part
    if policy != "WhenEmpty" and not is_left_out and (is_planned or not _is_held(resource, graph)):
        default = _DEFAULT[resource.type.partition("/")[2].partition(":")[0]]
        how = policy or f"is not set, and {default} is the default: it"
        yield Offence(
            path="spec.disruption.consolidationPolicy",
            problem=f"{how} moves a busy GPU",
            value=policy or None,
        )
    if is_planned:
        yield from _drained_later(resource)


def _is_held(resource: Resource, graph: Graph) -> bool:
    """Whether something else than the policy keeps consolidation off: no such thing in a pool of a fixed size."""
    if at(resource.inputs, "spec.replicas") is not None:
        return True
    if text(at(resource.inputs, "spec.disruption.consolidateAfter"), "consolidateAfter") == "Never":
        return True
    if any(_closes(budget) for budget in _budgets(resource)):
        return True
    holding = holding_of(holdings(graph), resource.urn)
    if holding is None or not holding.pods:
        return False
    return all(workload.annotations.get(_STAYS) == "true" for workload, _ in holding.pods)


def _budgets(resource: Resource) -> list[Any]:
    return [*sequence(at(resource.inputs, "spec.disruption.budgets"), "spec.disruption.budgets")]


def _closes(budget: Any) -> bool:
    """Whether a budget never lets an underused node go; one with a schedule does at other times."""
    reasons = sequence(at(budget, "reasons"), "budgets.reasons")
    return (
        text(at(budget, "nodes"), "budgets.nodes") in {"0", "0%"}
        and at(budget, "schedule") is None
        and (not reasons or "Underutilized" in reasons)
    )


def _drained_later(resource: Resource) -> Iterator[Offence]:
    is_closed = False
    for budget in _budgets(resource):
        reasons = sequence(at(budget, "reasons"), "budgets.reasons")
        covers = not reasons or "Drifted" in reasons
        is_closed |= covers and text(at(budget, "nodes"), "budgets.nodes") in {"0", "0%"}
    if not is_closed:
        yield Offence(
            path="spec.disruption.budgets",
            problem='no budget of "0" nodes for Drifted: a new image or setting drains a busy GPU at any time',
        )
    life = text(at(template_of(resource), "expireAfter"), "expireAfter") or "720h"
    lived = None if life == "Never" else hours(life, "expireAfter")
    if lived is not None and lived < _SHORTEST_LIFE_HOURS:
        yield Offence(
            path="spec.template.spec.expireAfter",
            problem=f"{life} drains a busy GPU, whatever the budgets say",
            value=at(template_of(resource), "expireAfter"),
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="gpu-nodes-not-consolidated-when-busy",
        severity="high",
        aliases=("busy-gpus-are-never-moved",),
        applies_to=NODE_POOLS,
        why="A model takes minutes to an hour to load: its requests have nowhere to go meanwhile.",
        fix=(
            'Set consolidationPolicy WhenEmpty, a budget of nodes "0" for Drifted (scheduled around a '
            "maintenance window if need be) and expireAfter Never."
        ),
        check=_never_moved,
        on_platform=Variant(
            "Drift waits for a window too, and nodes never expire, whatever else keeps consolidation off.",
            partial(_never_moved, is_planned=True),
        ),
        reads_graph=True,
    ),
)
