from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from policies.analysis.machines.types import NODE_POOL
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.karpenter.node_pools import PLATFORM, RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

GPU_TAINT = {"key": "nvidia.com/gpu", "effect": "NoSchedule"}
ON_DEMAND = ("karpenter.sh/capacity-type", "In", ["on-demand"])
ENCRYPTED = ("karpenter.k8s.aws/instance-encryption-in-transit-supported", "In", ["true"])
L4 = ("node.kubernetes.io/instance-type", "In", ["g6.2xlarge"])


def pool(
    *requirements: tuple[str, str, Any],
    spec: dict[str, Any] | None = None,
    template: dict[str, Any] | None = None,
    labels: dict[str, Any] | None = None,
) -> Resource:
    wanted = [{"key": key, "operator": op, "values": values} for key, op, values in requirements]
    node = {"requirements": wanted, **deepcopy(template or {})}
    metadata = {"labels": labels} if labels else {}
    return resource(
        NODE_POOL,
        {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "spec": {"template": {"metadata": metadata, "spec": node}, **deepcopy(spec or {})},
        },
    )


GENERAL = pool(("karpenter.k8s.aws/instance-category", "In", ["c", "m", "r"]))
NO_GPUS = pool(("karpenter.k8s.aws/instance-gpu-count", "DoesNotExist", []))
OTHER = resource("kubernetes:core/v1:Namespace", {"kind": "Namespace"})
UNKNOWN_REQUIREMENTS = pool(template={"requirements": UNKNOWN})
NOT_APPLICABLE = [Case(OTHER), Case(GENERAL), Case(NO_GPUS)]


REQUIREMENTS = "spec.template.spec.requirements"
UNMARKED = "and is not labelled slipway.dev/interruptible"


def ours(judged: Resource, findings: Sequence[str] = ()) -> Case:
    """A pool among the platform's own, which keep its conventions."""
    return Case(judged, [OURS], findings)


CASES: dict[str, RuleCases] = {
    "gpu-pools-are-tainted": RuleCases(
        passing=[
            Case(pool(L4, template={"taints": [GPU_TAINT]})),
            Case(pool(L4, template={"taints": [{"key": "dedicated", "value": "ml", "effect": "NoExecute"}]})),
        ],
        failing=[
            Case(pool(L4), findings=["spec.template.spec.taints: no taint keeps other pods off its GPUs"]),
            *(
                Case(
                    pool((f"eks.amazonaws.com/instance-{key}", "In", [value])),
                    findings=["spec.template.spec.taints: no taint keeps other pods off its GPUs"],
                )
                for key, value in (("gpu-name", "l4"), ("family", "g6e"), ("category", "p"))
            ),
            Case(
                pool(
                    ("karpenter.k8s.aws/instance-gpu-count", "Gt", ["0"]),
                    template={"taints": [{"key": "nvidia.com/gpu", "effect": "PreferNoSchedule"}]},
                ),
                findings=["spec.template.spec.taints: no taint keeps other pods off its GPUs"],
            ),
            Case(
                pool(spec={"limits": {"nvidia.com/gpu": "8"}}, template={"startupTaints": [GPU_TAINT]}),
                findings=["spec.template.spec.taints: no taint keeps other pods off its GPUs"],
            ),
        ],
        not_applicable=NOT_APPLICABLE,
        undecided=[Case(UNKNOWN_REQUIREMENTS), Case(pool(L4, template={"taints": UNKNOWN}))],
    ),
    "node-pools-are-limited": RuleCases(
        passing=[
            Case(pool(L4, spec={"limits": {"nvidia.com/gpu": "8"}})),
            Case(pool(L4, spec={"limits": {"cpu": 1000}})),
            Case(pool(L4, spec={"replicas": 2})),
        ],
        failing=[
            Case(GENERAL, findings=["spec.limits: no limit on GPUs, processors, memory or nodes"]),
            Case(pool(L4), findings=["spec.limits: no limit on GPUs, processors, memory or nodes"]),
            Case(
                pool(
                    ("karpenter.k8s.aws/instance-category", "In", ["g", "p"]),
                    spec={"limits": {"ephemeral-storage": "1Ti"}},
                ),
                findings=["spec.limits: no limit on GPUs, processors, memory or nodes"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(pool(L4, spec={"limits": UNKNOWN}))],
    ),
    "gpu-pools-use-spot-only-when-interruptible": RuleCases(
        passing=[
            ours(pool(L4, ON_DEMAND)),
            Case(pool(L4, ("karpenter.sh/capacity-type", "NotIn", ["spot"]))),
            Case(pool(L4, labels={"slipway.dev/interruptible": "true"})),
        ],
        failing=[
            ours(
                pool(L4), findings=[f"{REQUIREMENTS}: names no capacity type, which allows spot, {UNMARKED}"]
            ),
            ours(
                pool(L4, ("karpenter.sh/capacity-type", "In", ["spot", "on-demand"])),
                findings=[f"{REQUIREMENTS}: allows spot, {UNMARKED}"],
            ),
            ours(
                pool(
                    L4,
                    ("karpenter.sh/capacity-type", "Exists", []),
                    labels={"slipway.dev/interruptible": "false"},
                ),
                findings=[f"{REQUIREMENTS}: allows spot, {UNMARKED}"],
            ),
        ],
        not_applicable=NOT_APPLICABLE,
        undecided=[
            ours(UNKNOWN_REQUIREMENTS),
            ours(pool(L4, labels={"slipway.dev/interruptible": UNKNOWN})),
        ],
    ),
    "gpu-nodes-encrypt-in-transit": RuleCases(
        passing=[
            ours(pool(("karpenter.k8s.aws/instance-family", "In", ["g6"]), ENCRYPTED)),
            ours(pool(L4)),
        ],
        failing=[
            ours(
                pool(("karpenter.k8s.aws/instance-family", "In", ["p3"])),
                findings=[
                    (
                        "spec.template.spec.requirements: machines that cannot encrypt traffic between instances "
                        "are allowed"
                    )
                ],
            ),
            ours(
                pool(("node.kubernetes.io/instance-type", "In", ["g6.2xlarge", "p2.xlarge"])),
                findings=[
                    "spec.template.spec.requirements: p2.xlarge may not encrypt traffic between instances"
                ],
            ),
            ours(
                pool(("karpenter.k8s.aws/instance-gpu-name", "In", ["l4"]), (ENCRYPTED[0], "Exists", [])),
                findings=[
                    (
                        "spec.template.spec.requirements: machines that cannot encrypt traffic between instances "
                        "are allowed"
                    )
                ],
            ),
        ],
        not_applicable=NOT_APPLICABLE,
        undecided=[ours(UNKNOWN_REQUIREMENTS)],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
