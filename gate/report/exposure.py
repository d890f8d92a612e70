"""What can be reached from outside, read from a graph: endpoints, security groups, listeners, buckets, trust."""

from collections.abc import Iterable
from typing import Any

from gate.report.callers import model_callers
from gate.report.network_exposure import loose_rules, network_ways
from gate.report.report import Exposure
from policies.analysis.gateway.objects import GATEWAYS, is_inside_only, is_internal, proxy_service
from policies.analysis.machines.types import CLUSTERS
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, document, flag, listed, mapping, text


def exposures(graph: Graph) -> list[Exposure]:
    """Every declared way in, sorted. Contents of Helm charts are not seen here."""
    found: list[Exposure] = []
    for reader in (
        _clusters,
        network_ways,
        loose_rules,
        _gateways,
        model_callers,
        _services,
        _bucket_policies,
    ):
        try:
            found.extend(reader(graph))
        except UndecidedError as missing:
            found.append(Exposure(what="unreadable", source="?", detail=str(missing)))
    return sorted(set(found))


def _clusters(graph: Graph) -> Iterable[Exposure]:
    """Each range that may reach a cluster's API is a way of its own; AWS's default is all, from outside alone."""
    for cluster in graph.of_type(*CLUSTERS):
        sources: list[object] = []
        if flag(at(cluster.inputs, "vpcConfig.endpointPublicAccess"), default=True):
            sources += listed(at(cluster.inputs, "vpcConfig.publicAccessCidrs")) or ("0.0.0.0/0",)
        if not sources or flag(at(cluster.inputs, "vpcConfig.endpointPrivateAccess"), default=False):
            sources.append("the VPC")
        for source in sources:
            yield Exposure(
                what=f"Kubernetes API of {cluster.name}",
                source=str(source),
                detail="with an IAM identity that has an access entry",
            )


def _gateways(graph: Graph) -> Iterable[Exposure]:
    for gateway in graph.of_type(*GATEWAYS):
        if is_inside_only(gateway, graph):
            continue
        for listener in listed(at(gateway.inputs, "spec.listeners")):
            host = text(at(listener, "hostname")) or "any host"
            where = f"{text(at(listener, 'protocol'))} {at(listener, 'port')} {host}"
            source, way = _callers(gateway, graph)
            yield Exposure(what=f"gateway {gateway.name}", source=source, detail=f"{where}{way}")


def _callers(gateway: Resource, graph: Graph) -> tuple[str, str]:
    """Whom a gateway's load balancer lets in, and which kind of one it is."""
    service = proxy_service(gateway, graph)
    if service is None:
        return "whoever its load balancer lets in", ""
    ranges = ", ".join(text(r) for r in listed(at(service, "loadBalancerSourceRanges"))) or "any address"
    is_private = is_internal(service, mapping(at(service, "annotations")))
    return ranges, f" through {'an internal' if is_private else 'a public'} load balancer"


def _services(graph: Graph) -> Iterable[Exposure]:
    for service in graph.of_type("kubernetes:core/v1:Service"):
        if text(at(service.inputs, "spec.type")) in {"LoadBalancer", "NodePort"}:
            ranges = listed(at(service.inputs, "spec.loadBalancerSourceRanges")) or (
                "any address that routes to it",
            )
            yield Exposure(
                what=f"service {service.name}", source=", ".join(map(str, ranges)), detail="load balancer"
            )


def _bucket_policies(graph: Graph) -> Iterable[Exposure]:
    for policy in graph.of_type("aws:s3/bucketPolicy:BucketPolicy"):
        for raw in listed(document(policy.inputs.get("policy")).get("Statement")):
            statement = mapping(raw)
            principal = statement.get("Principal")
            if text(statement.get("Effect")) != "Allow" or principal is None:
                continue
            yield Exposure(
                what=f"bucket {text(policy.inputs.get('bucket'))}",
                source=_principal(principal),
                detail=", ".join(sorted(text(a) for a in listed(statement.get("Action")))),
            )


def _principal(principal: Any) -> str:
    if isinstance(principal, str):
        return "everyone" if principal == "*" else principal
    return ", ".join(f"{', '.join(map(str, listed(v)))}" for _, v in sorted(mapping(principal).items()))
