"""What a stack expects of its account and cluster, as plain data for the asking program. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from facts.ec2_quotas import quota_of
from facts.node_capacity import node_capacity
from gate.core.errors import GateError
from gate.live.ask.versions import versions
from policies.engine.graph import Graph, Resource, Unknown

_DISCOVERY: Final = "karpenter.sh/discovery"
_CLUSTER: Final = "aws:eks/cluster:Cluster"
_COUNTED: Final = {"on-demand", "spot"}
"""Karpenter's ``reserved`` is left out: what a reservation holds was counted when it was made."""
_LINKED: Final = {
    _CLUSTER: ("AWSServiceRoleForAmazonEKS", "eks.amazonaws.com", "EKS makes no cluster without it"),
    "aws:eks/nodeGroup:NodeGroup": (
        "AWSServiceRoleForAmazonEKSNodegroup",
        "eks-nodegroup.amazonaws.com",
        "EKS makes no node group without it",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": (
        "AWSServiceRoleForElastiCache",
        "elasticache.amazonaws.com",
        "ElastiCache makes no store without it",
    ),
}
_SPOT: Final = (
    "AWSServiceRoleForEC2Spot",
    "spot.amazonaws.com",
    "Karpenter may not make it, so no spot machine starts",
)


def plan_of(
    graph: Graph, *, stack: str, account: str, region: str, cluster: str, own: Graph
) -> dict[str, Any]:
    """``graph`` holds the stack and what it stands on, ``own`` the stack alone: its releases are asked for.

    Raises:
        GateError: a value that is asked about is not known before the stack is up.
    """
    pools = list(_pools(graph))
    found = {
        "stack": stack,
        "account": account,
        "region": region,
        "cluster": cluster,
        "kubernetes_version": next((r.inputs["version"] for r in graph.of_type(_CLUSTER)), ""),
        "quotas": list(_quotas(pools)),
        "unknown_quotas": sorted(
            {
                f"{kind} {capacity}"
                for pool in pools
                for kind in pool["types"]
                for capacity in pool["capacities"]
                if not quota_of(kind, spot=capacity == "spot") or not _vcpus(kind)
            }
        ),
        "pools": [{k: p[k] for k in ("name", "types", "zones")} for p in pools],
        "reservations": list(_reservations(graph, pools)),
        "linked_roles": list(_linked(graph, pools)),
        "add_ons": {
            r.inputs["addonName"]: r.inputs["addonVersion"] for r in _sorted(graph, "aws:eks/addon:Addon")
        },
        "charts": list(_charts(own)),
        "certificates": [
            {"namespace": r.inputs["metadata"]["namespace"], "name": r.inputs["metadata"]["name"]}
            for r in _sorted(own, "kubernetes:cert-manager.io/v1:Certificate")
            if not r.rendered
        ],
        "versions": [
            {"model": v.model, "version": v.version, "digest": v.digest, "share": v.share}
            for v in versions(r.object for r in own if r.object is not None and not r.rendered)
        ],
        "models_namespace": "models",
        "edge_namespace": "edge",
    }
    unknown = sorted(_unknown(found, ""))
    if unknown:
        raise GateError(f"stack {stack}: not known before it is up:", unknown)
    return found


def _sorted(graph: Graph, *types: str) -> list[Resource]:
    return sorted(graph.of_type(*types), key=lambda r: r.name)


def _unknown(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Unknown):
        yield path
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _unknown(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from _unknown(inner, f"{path}[{i}]")


def _pools(graph: Graph) -> Iterator[dict[str, Any]]:
    """Node groups with their most machines, and Karpenter's pools with what limits them."""
    zones = {r.id: r.inputs["availabilityZone"] for r in graph.of_type("aws:ec2/subnet:Subnet")}
    open_to_karpenter = sorted(
        {
            r.inputs["availabilityZone"]
            for r in graph.of_type("aws:ec2/subnet:Subnet")
            if _DISCOVERY in (r.inputs.get("tags") or {})
        }
    )
    for group in _sorted(graph, "aws:eks/nodeGroup:NodeGroup"):
        most = group.inputs["scalingConfig"]["maxSize"]
        types = list(group.inputs["instanceTypes"])
        yield {
            "name": group.name,
            "types": types,
            "zones": sorted({zones[s] for s in group.inputs["subnetIds"] if s in zones}),
            "capacities": ["spot" if group.inputs.get("capacityType") == "SPOT" else "on-demand"],
            "vcpus": {t: most * _vcpus(t) for t in types},
        }
    for pool in _sorted(graph, "kubernetes:karpenter.sh/v1:NodePool"):
        spec = pool.inputs["spec"]
        asked = {r["key"]: list(r.get("values") or ()) for r in spec["template"]["spec"]["requirements"]}
        types = asked.get("node.kubernetes.io/instance-type", [])
        limits = spec.get("limits") or {}
        yield {
            "name": pool.inputs["metadata"]["name"],
            "types": types,
            "zones": sorted(asked.get("topology.kubernetes.io/zone") or open_to_karpenter),
            "capacities": sorted(set(asked.get("karpenter.sh/capacity-type", ["on-demand"])) & _COUNTED),
            "vcpus": {t: _limit(limits, t) for t in types},
        }


def _reservations(graph: Graph, pools: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each capacity reservation that a node class names, by the pools of that class."""
    by_name = {pool["name"]: pool for pool in pools}
    classes = {
        r.inputs["metadata"]["name"]: [
            term["id"]
            for term in r.inputs["spec"].get("capacityReservationSelectorTerms") or ()
            if term.get("id")
        ]
        for r in graph.of_type("kubernetes:karpenter.k8s.aws/v1:EC2NodeClass")
    }
    for pool in _sorted(graph, "kubernetes:karpenter.sh/v1:NodePool"):
        known = by_name[pool.inputs["metadata"]["name"]]
        reference = pool.inputs["spec"]["template"]["spec"].get("nodeClassRef") or {}
        for identity in classes.get(reference.get("name"), ()):
            yield {"pool": known["name"], "id": identity, "types": known["types"], "zones": known["zones"]}


def _limit(limits: Mapping[str, Any], kind: str) -> float:
    """The vCPUs of a pool's limit when all its machines are of one type; one machine's, where nothing limits it."""
    capacity = node_capacity(kind)
    if capacity is None:
        return 0
    gpus, cpu = limits.get("nvidia.com/gpu"), limits.get("cpu")
    if gpus is not None and capacity.gpus:
        return int(gpus) // capacity.gpus * capacity.vcpus
    return float(cpu) // capacity.vcpus * capacity.vcpus if cpu is not None else capacity.vcpus


def _vcpus(kind: str) -> int:
    capacity = node_capacity(kind)
    return capacity.vcpus if capacity else 0


def _quotas(pools: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Per quota what its pools come to, each with the type that needs least, and the smallest machine."""
    sums: dict[str, dict[str, Any]] = {}
    for pool in pools:
        by_code: dict[str, list[str]] = {}
        for kind, capacity in ((k, c) for k in pool["types"] for c in pool["capacities"]):
            quota = quota_of(kind, spot=capacity == "spot")
            if quota is not None and _vcpus(kind):
                by_code.setdefault(quota.code, []).append(kind)
                sums.setdefault(
                    quota.code,
                    {"code": quota.code, "name": quota.name, "vcpus": 0.0, "least_vcpus": 0.0, "pools": []},
                )
        for code, kinds in by_code.items():
            entry = sums[code]
            least = min(_vcpus(kind) for kind in kinds)
            entry["vcpus"] += float(min(pool["vcpus"][kind] for kind in kinds))
            entry["least_vcpus"] = float(min(entry["least_vcpus"] or least, least))
            entry["pools"].append(pool["name"])
    yield from (sums[code] for code in sorted(sums))


def _linked(graph: Graph, pools: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, str]]:
    wanted = [role for kind, role in _LINKED.items() if graph.of_type(kind)]
    wanted += [_SPOT] if any("spot" in pool["capacities"] for pool in pools) else []
    yield from ({"role": role, "service": service, "why": why} for role, service, why in wanted)


def _charts(graph: Graph) -> Iterator[dict[str, Any]]:
    workloads = {"Deployment", "DaemonSet", "StatefulSet"}
    for release in _sorted(graph, "kubernetes:helm.sh/v3:Release"):
        known = [r for r in graph if r.rendered and r.name.startswith(f"{release.name}/")]
        kinds = {str(r.inputs.get("kind")) for r in known}
        yield {
            "release": release.inputs["name"],
            "namespace": release.inputs["namespace"],
            "chart": str(release.inputs["chart"]).rpartition("/")[2],
            "version": release.inputs["version"],
            # Where nobody has rendered a chart, it is taken to install some.
            "has_workloads": bool(kinds & workloads) or not known,
        }
