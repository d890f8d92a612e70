"""What a request's way stands on: account, network, cluster, machines, and the namespaces that keep it running."""

from collections.abc import Iterator, Sequence
from typing import Final

from gate.report.capacity import Capacity, PoolCapacity
from gate.report.picture.reading import Seen, counted, listed, many, said, words
from gate.report.picture.scene import Box, Place
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.kubernetes.metadata import label, name_of, namespace_of
from policies.analysis.machines.sums import Filled
from policies.engine.graph import Resource

NETWORK: Final = "network"
CLUSTER: Final = "cluster"
ACCOUNT: Final = "account"
_NODE_GROUP: Final = "aws:eks/nodeGroup:NodeGroup"
_NODE_POOL: Final = "kubernetes:karpenter.sh/v1:NodePool"
_POOL_LABEL: Final = "slipway.dev/pool"
_DOES: Final = {
    "ai-gateway-helm": "AI gateway's controller",
    "aws-load-balancer-controller": "makes the load balancer",
    "base": "mesh: mutual TLS between pods",
    "cert-manager": "certificates",
    "cni": "mesh: mutual TLS between pods",
    "dcgm-exporter": "GPU metrics",
    "gateway-helm": "Envoy Gateway's controller",
    "istiod": "mesh: mutual TLS between pods",
    "karpenter": "makes machines",
    "keda": "scales models",
    "kserve-llmisvc-resources": "KServe runs models",
    "kserve-resources": "KServe runs models",
    "kube-prometheus-stack": "metrics and alerts",
    "opentelemetry-collector": "logs",
    "slipway-agent": "reasons, plans, acts",
    "slipway-loops": "moves shares, takes back",
    "temporal": "keeps the loops' runs",
    "ztunnel": "mesh: mutual TLS between pods",
}
"""What a program does in this platform, by its chart's name or its label; another one is called by its name."""
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_PROGRAM: Final = "app.kubernetes.io/name"


def places(seen: Seen) -> Iterator[Place]:
    """The account, the network and the cluster, each if it is there."""
    account, region = _account(seen)
    title = "AWS account" + (f" {account}" if account else "") + (f", {region}" if region else "")
    yield Place(id=ACCOUNT, title=title, stands="account")
    vpcs = seen.whole.of_type("aws:ec2/vpc:Vpc")
    clusters = seen.whole.of_type("aws:eks/cluster:Cluster")
    if vpcs:
        subnets = seen.whole.of_type("aws:ec2/subnet:Subnet")
        zones = {words(s.inputs, "availabilityZone") for s in subnets} - {""}
        said_of = [words(vpcs[0].inputs, "cidrBlock"), counted(len(zones), "zone") if zones else ""]
        yield Place(
            id=NETWORK,
            title=", ".join(filter(None, [f"VPC {said_of[0]}".strip(), said_of[1]])),
            stands="network",
            inside=ACCOUNT,
        )
    if clusters:
        given = clusters[0].inputs
        is_public = said(given, "vpcConfig.endpointPublicAccess") is not False
        version = words(given, "version")
        title = f"EKS cluster {words(given, 'name') or clusters[0].name}"
        title += f", Kubernetes {version}" if version else ""
        yield Place(
            id=CLUSTER,
            title=f"{title}, {'public' if is_public else 'private'} API",
            stands="cluster",
            inside=NETWORK if vpcs else ACCOUNT,
        )


def _account(seen: Seen) -> tuple[str, str]:
    for provider in seen.whole.of_type("pulumi:providers:aws"):
        accounts = words(provider.inputs, "allowedAccountIds").strip('[]" ').partition('"')[0]
        return accounts, words(provider.inputs, "region")
    return "", ""


def ways_out(seen: Seen, place: str) -> list[Box]:
    """How what runs in the network leaves it: NAT gateways, and endpoints of services of AWS."""
    nats = seen.whole.of_type("aws:ec2/natGateway:NatGateway")
    endpoints = seen.whole.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
    services = sorted({words(e.inputs, "serviceName").rpartition(".")[2] for e in endpoints} - {""})
    lines = [counted(len(nats), "NAT gateway") if nats else "no NAT gateway"]
    if services:
        lines.append(f"VPC endpoints: {listed(services, 8)}")
    if not nats and not endpoints:
        return []
    above = seen.is_above(*nats, *endpoints)
    return [
        Box(id="ways out", title="Ways out", lines=tuple(lines), role="exit", place=place, is_above=above)
    ]


def pools(seen: Seen, capacity: Capacity, served_on: Sequence[str], place: str) -> Iterator[Box]:
    """The machines: fixed groups first, then pools on demand, those that models of this stack run on last."""
    groups = seen.whole.of_type(_NODE_GROUP)
    if groups:
        kinds = sorted({str(kind) for g in groups for kind in many(g.inputs, "instanceTypes")})
        found = _sum(capacity, f"node group {groups[0].name}")
        least = sum(_whole(g, "scalingConfig.minSize") for g in groups)
        most = sum(_whole(g, "scalingConfig.maxSize") for g in groups)
        yield Box(
            id="pool system",
            title="System machines",
            lines=(_machines(found, listed(kinds)), "gateways, controllers"),
            role="pool",
            place=place,
            link="#machines",
            machines=(least, most),
            is_above=seen.is_above(*groups),
        )
    on_demand = seen.whole.of_type(_NODE_POOL)
    for pool in sorted(on_demand, key=lambda p: (_called(p) in served_on, name_of(p))):
        yield _pool(pool, seen, capacity, place)


def _pool(pool: Resource, seen: Seen, capacity: Capacity, place: str) -> Box:
    found = _sum(capacity, f"NodePool {name_of(pool)}")
    kinds: list[str] = []
    for one in many(pool.inputs, "spec.template.spec.requirements"):
        if words(one, "key") == "node.kubernetes.io/instance-type":
            kinds = [str(kind) for kind in many(one, "values")]
    limits = found.sum.limits if found else ()
    grows = [f"{amount // 1000} CPUs" if name == "cpu" else counted(amount, "GPU") for name, amount in limits]
    lines = [_machines(found, listed(kinds)), f"grows to {' and '.join(grows)}" if grows else ""]
    return Box(
        id=f"pool {_called(pool)}",
        title=f"Pool {_called(pool)}",
        lines=tuple(filter(None, lines)),
        role="pool",
        place=place,
        link="#machines",
        machines=_count(found),
        is_above=seen.is_above(pool),
    )


def _called(pool: Resource) -> str:
    label = _POOL_LABEL.replace(".", "\\.")
    return words(pool.inputs, f"spec.template.metadata.labels.{label}") or name_of(pool)


def _whole(resource: Resource, path: str) -> int:
    found = said(resource.inputs, path)
    return int(found) if isinstance(found, int | float) else 0


def _sum(capacity: Capacity, name: str) -> PoolCapacity | None:
    return next((p for p in capacity.pools if name in p.sum.pool.split(" + ")), None)


def _count(found: PoolCapacity | None) -> tuple[int, int] | None:
    if found is None or found.sum.least is None or found.sum.most is None:
        return None
    return found.sum.least.machines, max(found.sum.least.machines, found.sum.most.machines)


def _machines(found: PoolCapacity | None, otherwise: str) -> str:
    """The kind of machine that pods are counted on; what the pool may hold where nothing runs on it."""
    filled: Filled | None = (found.sum.most or found.sum.least) if found else None
    return filled.machine if filled is not None and filled.machines else otherwise


def planes(seen: Seen, on_the_way: Sequence[str], place: str) -> Iterator[Box]:
    """A box for each namespace with what runs in it; those on a request's way say only what else does."""
    charts: dict[str, list[Resource]] = {}
    for release in seen.whole.of_type(RELEASE):
        charts.setdefault(words(release.inputs, "namespace") or "default", []).append(release)
    named = {name_of(n): n for n in seen.whole.of_type("kubernetes:core/v1:Namespace") if not n.rendered}
    for name in sorted({*charts, *named}):
        inside = charts.get(name, [])
        lines = tuple(dict.fromkeys((*map(_does, inside), *_own_programs(seen, name))))
        if name in on_the_way:
            if lines:
                yield Box(
                    id=f"controllers {name}",
                    title="Controllers",
                    lines=lines,
                    role="controller",
                    place=f"namespace {name}",
                    is_above=seen.is_above(*inside),
                )
            continue
        resources = [*inside, *([named[name]] if name in named else [])]
        above = seen.is_above(*resources)
        yield Box(id=f"namespace {name}", title=name, lines=lines, role="plane", place=place, is_above=above)
    addons = seen.whole.of_type("aws:eks/addon:Addon")
    if addons:
        yield Box(
            id="namespace kube-system",
            title="kube-system",
            lines=(counted(len(addons), "EKS add-on"),),
            role="plane",
            place=place,
            is_above=seen.is_above(*addons),
        )


def _own_programs(seen: Seen, namespace: str) -> Iterator[str]:
    """What the program's own Deployments in a namespace do, where it is said of them."""
    for one in seen.whole.of_type(_DEPLOYMENT):
        if not one.rendered and namespace_of(one) == namespace and (program := label(one, _PROGRAM)) in _DOES:
            yield _DOES[program]


def _does(release: Resource) -> str:
    chart = words(release.inputs, "chart").rpartition("/")[2] or release.name
    return _DOES.get(chart, chart)
