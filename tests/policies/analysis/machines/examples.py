"""Pools, pods and what scales them, as small as they can be read."""

from policies.engine.graph import Resource
from tests.policies.cases import resource

POOL = "kubernetes:karpenter.sh/v1:NodePool"
GROUP = "aws:eks/nodeGroup:NodeGroup"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
DAEMONS = "kubernetes:apps/v1:DaemonSet"
GPU = "nvidia.com/gpu"
SYSTEM = {"slipway.dev/pool": "system"}


def pool(name="gpu", types=("g6.2xlarge",), labels=None, taints=(), **limits) -> Resource:
    """A NodePool; ``gpu=8`` is a limit on GPUs."""
    requirements = [{"key": "node.kubernetes.io/instance-type", "operator": "In", "values": list(types)}]
    spec = {"taints": list(taints), "requirements": requirements if types else []}
    template = {"metadata": {"labels": labels or {"slipway.dev/pool": name}}, "spec": spec}
    body = {"template": template, "limits": {k.replace("gpu", GPU): v for k, v in limits.items()}}
    return resource(POOL, {"kind": "NodePool", "metadata": {"name": name}, "spec": body}, name=name)


def group(zone="a", nodes=1, types=("m7i.xlarge",)) -> Resource:
    inputs = {"instanceTypes": list(types), "labels": SYSTEM, "scalingConfig": {"minSize": nodes}}
    return resource(GROUP, inputs, name=f"system-{zone}")


def pods(name="chat", replicas=1, on=None, type_=DEPLOYMENT, **asked) -> Resource:
    """A Deployment whose pods ask for ``asked`` (``cpu="1"``) and select the pool ``on``."""
    amounts = {key.replace("gpu", GPU): str(value) for key, value in asked.items()}
    spec = {
        "containers": [{"name": "server", "image": "server:1", "resources": {"requests": amounts}}],
        **({"nodeSelector": {"slipway.dev/pool": on}} if on else {}),
    }
    inputs = {
        "kind": type_.rpartition(":")[2],
        "metadata": {"name": name, "namespace": "models"},
        "spec": {"replicas": replicas, "template": {"spec": spec}},
    }
    return resource(type_, inputs, name=name)
