"""Pods against pools: what field files do wrong, and what is right written differently."""

from policies.analysis.machines.types import NODE_GROUP
from policies.engine.graph import UNKNOWN
from policies.rules.karpenter.pod_capacity import PLATFORM, RULES
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


def rolling(replicas, **update):
    return pods(replicas, {"type": "RollingUpdate", "rollingUpdate": update}, gpu=4)


def pods(replicas=1, strategy=None, name="chat", selects=None, tolerations=(TOLERATES,), **asked):
    amounts = {key.replace("gpu", GPU): str(value) for key, value in asked.items()}
    pod = {
        "nodeSelector": {"workload": "gpu-inference"} if selects is None else selects,
        "tolerations": list(tolerations),
        "containers": [{"name": "server", "image": "server:1", "resources": {"requests": amounts}}],
    }
    spec = {"replicas": replicas, "template": {"spec": pod}, **({"strategy": strategy} if strategy else {})}
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
            Case(pods(gpu=4), [OURS], elsewhere=[pool(gpu=16)]),
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
                        "spec.template.spec.nodeSelector.workload: no pool in view offers g6e-inference to "
                        "Deployment models/chat (they offer gpu-inference); nearest is gpu-inference"
                    )
                ],
            ),
            Case(
                pods(selects={"workload": "gpu"}, gpu=4),
                [],
                [
                    (
                        "spec.template.spec.nodeSelector.workload: no pool in view offers gpu to Deployment "
                        "models/chat (they offer gpu-inference)"
                    )
                ],
                elsewhere=[pool(gpu=16)],
            ),
            Case(
                pods(tolerations=(), gpu=4),
                [pool(gpu=16)],
                [
                    (
                        "spec.template.spec.tolerations: no pool in view takes Deployment models/chat: none for "
                        "the taint nvidia.com/gpu=:NoSchedule of NodePool gpu"
                    )
                ],
            ),
            Case(
                pods(selects={"node.kubernetes.io/instance-type": "p5.48xlarge"}, gpu=8),
                [pool(gpu=16)],
                [
                    (
                        "spec.template.spec.nodeSelector[node.kubernetes.io/instance-type]: no pool in view takes "
                        "Deployment models/chat: NodePool gpu offers node.kubernetes.io/instance-type: "
                        "g6e.12xlarge"
                    )
                ],
            ),
            Case(
                pods(selects={}, tolerations=()),
                [OURS, pool(gpu=16)],
                [
                    (
                        "spec.template.spec.tolerations: no pool in view takes Deployment models/chat: none for "
                        "the taint nvidia.com/gpu=:NoSchedule of NodePool gpu"
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
            Case(pool(gpu=12), [pods(3, {"type": "Recreate"}, gpu=4)]),
            Case(pool(gpu=12), [rolling(3, maxSurge=0, maxUnavailable=1)]),
            Case(pool(gpu=16), [pods(4, gpu=4)]),  # 25 % of four is one that may go first
            Case(pool(gpu=16), [rolling(2, maxSurge="100%", maxUnavailable=0)]),
        ],
        failing=[
            Case(
                pool(gpu=4),
                [pods(3, gpu=4)],
                ["spec.limits[nvidia.com/gpu]: 4, and its pods ask for 12 (Deployment models/chat 3 x 4)"],
            ),
            Case(
                pool(gpu=12),
                [pods(3, gpu=4)],
                [
                    (
                        "spec.limits[nvidia.com/gpu]: 12, and its pods ask for 12 (Deployment models/chat 3 x 4); "
                        "an update of Deployment models/chat starts 1 x 4 more before it ends one"
                    )
                ],
            ),
            Case(
                pool(gpu=16),
                [rolling(3, maxSurge="50%", maxUnavailable=0)],
                [
                    (
                        "spec.limits[nvidia.com/gpu]: 16, and its pods ask for 12 (Deployment models/chat 3 x 4); "
                        "an update of Deployment models/chat starts 2 x 4 more before it ends one"
                    )
                ],
            ),
            Case(
                pool(gpu=8),
                [pods(2, gpu=4), pods(1, name="rank", gpu=2)],
                [
                    (
                        "spec.limits[nvidia.com/gpu]: 8, and its pods ask for 10 (Deployment models/chat 2 x 4, "
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
    "pools-above-have-room-for-a-stack": RuleCases(
        passing=[
            Case(pods(3, gpu=4), elsewhere=[pool(gpu=16)]),
            Case(pods(3, gpu=4), [pool(gpu=4)]),  # the pool's own finding
            Case(pods(selects={"team": "search"}, gpu=4), elsewhere=[pool(gpu=1)]),
            Case(pods(1, gpu=4), elsewhere=[pool(gpu=10), pods(1, name="above", gpu=2)]),
        ],
        failing=[
            Case(
                pods(3, gpu=4),
                findings=[
                    (
                        "spec.template.spec: NodePool gpu of the stack above: spec.limits[nvidia.com/gpu]: 8, and "
                        "its pods ask for 12 (Deployment models/chat 3 x 4)"
                    )
                ],
                elsewhere=[pool(gpu=8)],
            ),
            Case(
                pods(1, gpu=4),
                findings=[
                    (
                        "spec.template.spec: NodePool gpu of the stack above: spec.limits[nvidia.com/gpu]: 8, and "
                        "its pods ask for 10 (Deployment models/chat 1 x 4, Deployment models/above 3 x 2)"
                    )
                ],
                elsewhere=[pool(gpu=8), pods(3, name="above", gpu=2)],
            ),
            Case(
                pods(3, name="proxy", selects=SYSTEM, cpu=2, memory="1Gi"),
                findings=[f"spec.template.spec: node group system-a of the stack above: {FULL}"],
                elsewhere=[group(2)],
            ),
        ],
        not_applicable=[Case(pool(gpu=4))],
        undecided=[Case(pods(UNKNOWN), elsewhere=[pool(gpu=4)])],
    ),
    "fixed-nodes-hold-their-pods-with-one-missing": RuleCases(
        passing=[
            Case(group(3), [pods(3, name="proxy", selects=SYSTEM, cpu=1, memory="1Gi")]),
            Case(
                group(1),
                [group(1, "b"), group(1, "c"), pods(6, name="proxy", selects=SYSTEM, cpu=1, memory="1Gi")],
            ),
            Case(
                group(1, kind="t3.nothing"), [pods(9, name="proxy", selects=SYSTEM, cpu=2)]
            ),  # nobody knows what it holds
        ],
        failing=[
            Case(group(2), [pods(3, name="proxy", selects=SYSTEM, cpu=2, memory="1Gi")], [FULL]),
            Case(
                group(1), [group(1, "b"), pods(3, name="proxy", selects=SYSTEM, cpu=2, memory="1Gi")], [FULL]
            ),
        ],
        not_applicable=[Case(pods(gpu=4))],
        undecided=[Case(group(UNKNOWN)), Case(group(1, kind=UNKNOWN))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
