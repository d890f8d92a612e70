"""Busy GPUs: what pools do by default, and what keeps a node where it is."""

from dataclasses import replace
from typing import Any

from policies.analysis.machines.types import NODE_POOLS
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.karpenter.disruption import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.rules.karpenter.test_node_pools import (
    L4,
    NOT_APPLICABLE,
    UNKNOWN_REQUIREMENTS,
    ours,
    pool,
)

SAFE: dict[str, Any] = {
    "consolidationPolicy": "WhenEmpty",
    "budgets": [{"nodes": "0", "reasons": ["Drifted"]}],
}
DRIFTS = (
    'spec.disruption.budgets: no budget of "0" nodes for Drifted: a new image or setting drains a busy GPU at any '
    "time"
)
UNSAID = (
    "spec.disruption.consolidationPolicy: is not set, and WhenEmptyOrUnderutilized is the "
    "default: it moves a busy GPU"
)


def disrupted(template: dict[str, Any] | None = None, **disruption: Any) -> Resource:
    return pool(L4, spec={"disruption": disruption}, template=template or {"expireAfter": "Never"})


def chat(annotations: dict[str, str], name: str = "chat") -> Resource:
    asked = {"requests": {"nvidia.com/gpu": "1"}}
    pod = {"containers": [{"name": "server", "image": "server:1", "resources": asked}]}
    template = {"metadata": {"annotations": annotations}, "spec": pod}
    inputs = {"kind": "Deployment", "metadata": {"name": name}, "spec": {"template": template}}
    return resource("kubernetes:apps/v1:Deployment", inputs, name=name)


CASES = {
    "gpu-nodes-not-consolidated-when-busy": RuleCases(
        passing=[
            ours(disrupted(**SAFE)),
            Case(pool(L4, spec={"replicas": 2})),
            Case(disrupted(consolidateAfter="Never")),
            Case(disrupted(budgets=[{"nodes": "0"}])),
            Case(
                disrupted(budgets=[{"nodes": "10%"}, {"nodes": "0%", "reasons": ["Underutilized", "Empty"]}])
            ),
            Case(pool(L4), [chat({"karpenter.sh/do-not-disrupt": "true"})]),
            Case(disrupted(consolidationPolicy="WhenEmpty", template={"expireAfter": "24h"})),
            Case(disrupted(consolidationPolicy="WhenEmpty", budgets=[{"nodes": "0%"}])),
            Case(
                disrupted(
                    consolidationPolicy="WhenEmpty",
                    budgets=[{"nodes": "1"}, {"nodes": "0", "schedule": "0 6 * * 6", "duration": "164h"}],
                    template={"expireAfter": "720h"},
                )
            ),
        ],
        failing=[
            ours(
                pool(L4),
                findings=[UNSAID, DRIFTS],
            ),
            Case(
                pool(L4),
                findings=[UNSAID],
            ),
            Case(
                pool(L4),
                [chat({})],
                [UNSAID],
            ),
            Case(
                pool(L4),
                [chat({"karpenter.sh/do-not-disrupt": "true"}), chat({}, "rank")],
                [UNSAID],
            ),
            Case(
                disrupted(budgets=[{"nodes": "0", "schedule": "0 6 * * *", "duration": "8h"}]),
                findings=[UNSAID],
            ),
            Case(
                disrupted(budgets=[{"nodes": "0", "reasons": ["Drifted"]}]),
                findings=[UNSAID],
            ),
            Case(
                disrupted(consolidateAfter="10m"),
                findings=[UNSAID],
            ),
            Case(
                replace(pool(L4), type=NODE_POOLS[1]),
                findings=[
                    (
                        "spec.disruption.consolidationPolicy: is not set, and WhenUnderutilized is the default: "
                        "it moves a busy GPU"
                    )
                ],
            ),
            Case(
                disrupted(consolidationPolicy="WhenEmptyOrUnderutilized"),
                findings=["spec.disruption.consolidationPolicy: WhenEmptyOrUnderutilized moves a busy GPU"],
            ),
            ours(
                disrupted(consolidationPolicy="Balanced", budgets=[{"nodes": "0"}]),
                findings=["spec.disruption.consolidationPolicy: Balanced moves a busy GPU"],
            ),
            ours(
                disrupted(
                    consolidationPolicy="WhenEmpty",
                    budgets=[{"nodes": "0", "reasons": ["Underutilized"]}, {"nodes": "10%"}],
                ),
                findings=[DRIFTS],
            ),
            ours(
                disrupted(**SAFE, template={"expireAfter": "24h30m"}),
                findings=[
                    "spec.template.spec.expireAfter: 24h30m drains a busy GPU, whatever the budgets say"
                ],
            ),
        ],
        not_applicable=NOT_APPLICABLE,
        undecided=[
            ours(UNKNOWN_REQUIREMENTS),
            ours(disrupted(consolidationPolicy="WhenEmpty", budgets=UNKNOWN)),
            ours(disrupted(**SAFE, template={"expireAfter": "30d"})),
        ],
    ),
}

test_cases = cases_test(RULES, CASES)
