"""What runs by the hour or the month whatever is asked of it: control plane, ways out, endpoints, keys, volumes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.prices import prices, service_price
from policies.analysis.cost.line import Line
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.machines.workloads import PROXY
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, mebibytes, number, sequence, text

_CLAIM: Final = "volumeClaimTemplate"
_VALKEY_LEAST_GB: Final = 0.1
_MIB_A_GB: Final = 1024
_SIMPLE: Final = {
    "aws:eks/cluster:Cluster": ("eks_cluster_hour", "EKS control plane"),
    "aws:ec2/natGateway:NatGateway": ("nat_gateway_hour", "NAT gateways"),
    "aws:ec2/eip:Eip": ("public_ipv4_hour", "public IPv4 addresses"),
    "aws:kms/key:Key": ("kms_key_month", "KMS keys"),
}


def service_lines(graph: Graph, region: str) -> Iterator[Line]:
    """A line for each service of which the graph has something, in a fixed order."""
    for type_, (price, what) in _SIMPLE.items():
        yield from _line(what, price, region, len(graph.of_type(type_)))
    endpoints = sum(map(_endpoint_zones, graph.of_type("aws:ec2/vpcEndpoint:VpcEndpoint")))
    yield from _line("interface endpoints (one a zone)", "interface_endpoint_hour", region, endpoints)
    yield from _line("network load balancers", "nlb_hour", region, _load_balancers(graph))
    yield from _caches(graph, region)
    yield from _databases(graph, region)
    claimed = sum(_claimed(r) for r in graph.of_type(RELEASE))
    yield from _line("GB of volumes that charts claim", "gp3_gb_month", region, claimed)


def by_use(graph: Graph) -> list[str]:
    """What is billed by a use that nobody knows beforehand, each once."""
    there = {resource.type for resource in graph}
    return sorted({said for type_, said in prices().by_use.items() if type_ in there})


def monthly(price: str, region: str) -> float | None:
    """USD a month of one unit, of what is priced by the hour too."""
    found = service_price(price, region)
    return found * prices().hours_a_month if found is not None and price.endswith("_hour") else found


def _line(what: str, price: str, region: str, count: float) -> Iterator[Line]:
    if count:
        usd = monthly(price, region)
        yield Line(what=what, plane="platform", least=count, most=count, usd_a_month=usd)


def _endpoint_zones(endpoint: Resource) -> int:
    try:
        if text(at(endpoint.inputs, "vpcEndpointType"), "vpcEndpointType") != "Interface":
            return 0
        return len(sequence(at(endpoint.inputs, "subnetIds"), "subnetIds"))
    except UndecidedError:
        return 1


def _load_balancers(graph: Graph) -> int:
    proxies = [_type_of(r, "spec.provider.kubernetes.envoyService.type") for r in graph.of_type(PROXY)]
    services = [_type_of(r, "spec.type") for r in graph.of_type("kubernetes:core/v1:Service")]
    # Envoy Gateway makes a load balancer where nothing is said.
    return sum(said in {"", "LoadBalancer"} for said in proxies) + services.count("LoadBalancer")


def _type_of(resource: Resource, path: str) -> str:
    try:
        return text(at(resource.inputs, path), path)
    except UndecidedError:
        return "LoadBalancer"


def _caches(graph: Graph, region: str) -> Iterator[Line]:
    for cache in graph.of_type("aws:elasticache/serverlessCache:ServerlessCache"):
        is_valkey = cache.inputs.get("engine") == "valkey"
        usd = monthly("valkey_gb_hour", region) if is_valkey else None
        most = _most_gb(cache)
        what = f"GB in the cache {cache.name}"
        yield Line(what=what, plane="platform", least=_VALKEY_LEAST_GB, most=most, usd_a_month=usd)


def _databases(graph: Graph, region: str) -> Iterator[Line]:
    """Capacity of each serverless instance: its cluster's least and most; what is not serverless has no line."""
    usd = monthly("aurora_capacity_hour", region)
    for cluster in graph.of_type("aws:rds/cluster:Cluster"):
        bounds = "serverlessv2ScalingConfiguration"
        try:
            least, most = (
                number(at(cluster.inputs, f"{bounds}.{end}Capacity"), end) for end in ("min", "max")
            )
        except UndecidedError:
            least = most = None
        if least is None or most is None:
            continue
        count = sum(
            _is_of(instance, cluster) for instance in graph.of_type("aws:rds/clusterInstance:ClusterInstance")
        )
        what = f"capacity units of the database {cluster.name}"
        yield Line(what=what, plane="platform", least=least * count, most=most * count, usd_a_month=usd)


def _is_of(instance: Resource, cluster: Resource) -> bool:
    return instance.inputs.get("clusterIdentifier") == cluster.inputs.get("clusterIdentifier")


def _most_gb(cache: Resource) -> float:
    try:
        most = number(at(cache.inputs, "cacheUsageLimits.dataStorage.maximum"), "maximum")
    except UndecidedError:
        most = None
    return _VALKEY_LEAST_GB if most is None else float(most)


def _claimed(release: Resource) -> float:
    values = release.inputs.get("values")
    return sum(_claims(values, 1)) if isinstance(values, Mapping) else 0.0


def _claims(values: Mapping[str, Any], replicas: int) -> Iterator[float]:
    """GB of every claim in a chart's values, as often as the part of the values above it has replicas."""
    own = values.get("replicas")
    replicas = own if isinstance(own, int) and not isinstance(own, bool) else replicas
    for key, value in values.items():
        if not isinstance(value, Mapping):
            continue
        if key != _CLAIM:
            yield from _claims(value, replicas)
            continue
        try:
            asked = at(mapping(value), "spec.resources.requests.storage")
            yield 0.0 if asked is None else replicas * mebibytes(asked) / _MIB_A_GB
        except UndecidedError:
            continue
