"""Pods against pools: what field files do wrong, and what is right written differently."""

from policies.engine.graph import UNKNOWN
from policies.rules.aws.eks_nodes import NODE_GROUP
from policies.rules.karpenter.room import RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

POOL = "kubernetes:karpenter.sh/v1:NodePool"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
GPU = "nvidia.com/gpu"
TAINT = {"key": GPU, "effect": "NoSchedule"}
TOLERATES = {"key": GPU, "operator": "Exists", "effect": "NoSchedule"}


def pool(labels=None, taints=(TAINT,), types=("g6e.12xlarge",), name="gpu", **limits):
    requirements = [{"key": "node.kubernetes.io/instance-type", "operator": "In", "values": list(types)}]
    spec = {"taints": list(taints), "requirements": requirements if types else []}
    template = {"metadata": {"labels": labels or {"workload": "gpu-inference"}}, "spec": spec}
    body = {"template": template, "limits": {key.replace("gpu", GPU): value for key, value in limits.items()}}
    return resource(POOL, {"kind": "NodePool", "metadata": {"name": name}, "spec": body}, name=name)


def pods(replicas=1, name="chat", selects=None, tolerations=(TOLERATES,), **asked):
    amounts = {key.replace("gpu", GPU): str(value) for key, value in asked.items()}
    pod = {
        "nodeSelector": {"workload": "gpu-inference"} if selects is None else selects,
        "tolerations": list(tolerations),
        "containers": [{"name": "server", "image": "server:1", "resources": {"requests": amounts}}],
    }
    spec = {"replicas": replicas, "template": {"spec": pod}}
    inputs = {"kind": "Deployment", "metadata": {"name": name, "namespace": "models"}, "spec": spec}
    return resource(DEPLOYMENT, inputs, name=name)


def group(nodes, zone="a", kind="m7i.xlarge"):
    inputs = {
        "instanceTypes": [kind],
        "labels": {"slipway.dev/pool": "system"},
        "scalingConfig": {"minSize": nodes},
    }
    return resource(NODE_GROUP, inputs, name=f"system-{zone}")


SYSTEM = {"slipway.dev/pool": "system"}
UNPLACED = pods(selects=UNKNOWN)
FULL = (
    "scalingConfig.minSize: 2 x m7i.xlarge with one missing hold 1 x 3,920m CPU, 14,162 MiB beside what runs on every "
    "node; pods ask for 6,000m CPU, 3,072 MiB: no room for Deployment models/proxy"
)

CASES = {
    "pods-find-a-pool": RuleCases(
        passing=[
            Case(pods(gpu=4), [pool(gpu=16)]),
            Case(
                pods(selects={"team": "search"}, tolerations=()), [pool(gpu=16)]
            ),  # machines of another file
            Case(pods(selects={}, tolerations=()), [pool(gpu=16)]),
            Case(pods(gpu=4), []),
            Case(pods(selects={"node.kubernetes.io/instance-type": "g6e.12xlarge"}, gpu=1), [pool(gpu=16)]),
            Case(pods(selects=SYSTEM, tolerations=()), [OURS, group(1)]),
        ],
        failing=[
            Case(
                pods(selects={"workload": "g6e-inference"}, gpu=4),
                [pool(gpu=16)],
                [
                    (
                        "spec.template.spec.nodeSelector.workload: no pool in view offers g6e-inference (they offer "
                        "gpu-inference); nearest is gpu-inference"
                    )
                ],
            ),
            Case(
                pods(tolerations=(), gpu=4),
                [pool(gpu=16)],
                [
                    (
                        "spec.template.spec.tolerations: none for the taint nvidia.com/gpu=:NoSchedule of NodePool "
                        "gpu; no pool in view takes it"
                    )
                ],
            ),
            Case(
                pods(selects={"node.kubernetes.io/instance-type": "p5.48xlarge"}, gpu=8),
                [pool(gpu=16)],
                [
                    (
                        "spec.template.spec.NodePool gpu offers node.kubernetes.io/instance-type: g6e.12xlarge; "
                        "no pool in view takes it"
                    )
                ],
            ),
            Case(
                pods(selects={}, tolerations=()),
                [OURS, pool(gpu=16)],
                [
                    (
                        "spec.template.spec.tolerations: none for the taint nvidia.com/gpu=:NoSchedule of NodePool "
                        "gpu; no pool in view takes it"
                    )
                ],
            ),
        ],
        not_applicable=[Case(pool(gpu=4))],
        undecided=[Case(UNPLACED, [pool(gpu=4)])],
    ),
    "pools-have-room-for-their-pods": RuleCases(
        passing=[
            Case(pool(gpu=16), [pods(3, gpu=4)]),
            Case(pool(gpu=4), [pods(3, selects={"workload": "other"}, gpu=4)]),
            Case(pool(types=(), gpu=16), [pods(3, gpu=4)]),
            Case(pool(types=("m7i.xlarge",), cpu="8"), [pods(6, cpu=1)]),
            Case(pool(gpu=4), [pods(3, gpu=4), pool(name="more", gpu=16)]),  # the other one may take them
        ],
        failing=[
            Case(
                pool(gpu=4),
                [pods(3, gpu=4)],
                ["spec.limits.nvidia.com/gpu: 4, and its pods ask for 12 (Deployment models/chat 3 x 4)"],
            ),
            Case(
                pool(gpu=8),
                [pods(2, gpu=4), pods(1, "rank", gpu=2)],
                [
                    (
                        "spec.limits.nvidia.com/gpu: 8, and its pods ask for 10 (Deployment models/chat 2 x 4, "
                        "Deployment models/rank 1 x 2)"
                    )
                ],
            ),
            Case(
                pool(types=("m7i.xlarge",), cpu="8"),
                [pods(7, cpu=1)],
                [
                    (
                        "spec.limits.cpu: 8, and its pods ask for 7,000m CPU, 0 MiB, which takes 3 x m7i.xlarge = "
                        "12 processors"
                    )
                ],
            ),
            Case(
                pool(types=("m7i.xlarge",), cpu="64"),
                [pods(1, cpu=6)],
                [
                    (
                        "spec.template.spec.requirements: Deployment models/chat asks for 6,000m CPU, 0 MiB; the "
                        "largest machine leaves 3,920m CPU, 14,162 MiB"
                    )
                ],
            ),
        ],
        not_applicable=[Case(pods(gpu=4))],
        undecided=[Case(pool(gpu=UNKNOWN), [pods(1, gpu=4)])],
    ),
    "fixed-nodes-hold-their-pods-with-one-missing": RuleCases(
        passing=[
            Case(group(3), [pods(3, "proxy", SYSTEM, cpu=1, memory="1Gi")]),
            Case(group(1), [group(1, "b"), group(1, "c"), pods(6, "proxy", SYSTEM, cpu=1, memory="1Gi")]),
            Case(
                group(1, kind="t3.nothing"), [pods(9, "proxy", SYSTEM, cpu=2)]
            ),  # nobody knows what it holds
        ],
        failing=[
            Case(group(2), [pods(3, "proxy", SYSTEM, cpu=2, memory="1Gi")], [FULL]),
            Case(group(1), [group(1, "b"), pods(3, "proxy", SYSTEM, cpu=2, memory="1Gi")], [FULL]),
        ],
        not_applicable=[Case(pods(gpu=4))],
        undecided=[Case(group(UNKNOWN)), Case(group(1, kind=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
