"""What has an address in a VPC: in which subnets, behind which security groups, on which ports, and how publicly."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.machines.types import CLUSTER, NODE_GROUP, TEMPLATE
from policies.analysis.network.ports import Span
from policies.analysis.network.security_groups import GROUPS
from policies.analysis.network.types import ENDPOINT, SUBNET
from policies.engine.graph import Graph, Resource
from policies.engine.references import referred_to
from policies.engine.values import at, flag, mapping, number, sequence, text

INSTANCES: Final = ("aws:ec2/instance:Instance", "aws:ec2/spotInstanceRequest:SpotInstanceRequest")
DATABASE: Final = "aws:rds/instance:Instance"
DATABASE_CLUSTER: Final = "aws:rds/cluster:Cluster"
DATABASE_MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"
WAREHOUSE: Final = "aws:redshift/cluster:Cluster"
BROKER: Final = "aws:mq/broker:Broker"
MACHINES: Final = "aws:autoscaling/group:Group"
TASKS: Final = "aws:ecs/service:Service"
BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
LISTENER: Final = "aws:lb/listener:Listener"
_SUBNET_GROUPS: Final = ("aws:rds/subnetGroup:SubnetGroup", "aws:redshift/subnetGroup:SubnetGroup")
_ADDRESS: Final = "aws:ec2/eip:Eip"
_ADDRESS_TIE: Final = "aws:ec2/eipAssociation:EipAssociation"
_PORTS: Final = {
    "aurora-mysql": 3306, "aurora-postgresql": 5432, "mariadb": 3306, "mysql": 3306, "oracle": 1521,
    "postgres": 5432, "sqlserver": 1433,
}  # fmt: skip
"""Where an engine listens unless told otherwise (RDS user guide, "DB instance settings", read 2026-11)."""


Place = tuple[Resource, str]
"""A property that names where something stands, or behind what."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Something others can reach, and which properties say where; they are read only where an answer needs them.

    ``ports`` is None where it may listen on any; ``public`` holds the versions of IP in which it has an address
    of the internet.
    """

    resource: Resource
    what: str
    standing: Sequence[Place] = ()
    behind: Sequence[Place] = ()
    has_groups: bool = True
    public: frozenset[int] = frozenset()
    ports: Sequence[Span] | None = None

    def subnets(self, graph: Graph) -> tuple[list[Resource], bool]:
        """Where it stands, and whether that is certain of each."""
        found = [referred_to(graph, resource, path, SUBNET) for resource, path in self.standing]
        return [subnet for subnets, _ in found for subnet in subnets], all(certain for _, certain in found)

    def groups(self, graph: Graph) -> list[Resource]:
        """The security groups it is behind."""
        found = [g for resource, path in self.behind for g in referred_to(graph, resource, path, *GROUPS)[0]]
        return list({group.urn: group for group in found}.values())


_V4: Final = frozenset({4})


def target_of(resource: Resource, graph: Graph) -> Target:
    """Where a resource of one of the types in :data:`PLACED` stands."""
    return _PLACES[resource.type](resource, graph)


def _machine(machine: Resource, graph: Graph) -> Target:
    asked = at(machine.inputs, "associatePublicIpAddress")
    is_public = flag(asked, "associatePublicIpAddress") or _is_tied(machine, graph)
    has_v6 = bool(at(machine.inputs, "ipv6AddressCount") or at(machine.inputs, "ipv6Addresses"))
    given = _given(machine, "subnetId", graph) if asked is None or not is_public else frozenset()
    public = (
        ({4} if is_public else set()) | ({6} if has_v6 else set()) | (given if asked is None else given - {4})
    )
    return Target(
        resource=machine,
        what=f"machine {machine.name}",
        standing=[(machine, "subnetId")],
        behind=[(machine, "vpcSecurityGroupIds"), (machine, "securityGroups")],
        public=frozenset(public),
    )


def _given(resource: Resource, path: str, graph: Graph) -> frozenset[int]:
    """The versions of IP in which subnets give an address to what is started in them."""
    found: set[int] = set()
    for subnet in referred_to(graph, resource, path, SUBNET)[0]:
        if flag(at(subnet.inputs, "mapPublicIpOnLaunch"), "mapPublicIpOnLaunch"):
            found.add(4)
        if flag(at(subnet.inputs, "assignIpv6AddressOnCreation"), "assignIpv6AddressOnCreation"):
            found.add(6)
    return frozenset(found)


def _is_tied(machine: Resource, graph: Graph) -> bool:
    """Whether an address was allocated for a machine."""
    ties = ((_ADDRESS, "instance"), (_ADDRESS_TIE, "instanceId"))
    return any(
        machine in referred_to(graph, tie, path, machine.type)[0]
        for type_, path in ties
        for tie in graph.of_type(type_)
        if tie.inputs.get(path) is not None
    )


def _store(store: Resource, graph: Graph) -> Target:
    holder = store
    if store.type == DATABASE_MEMBER:  # its cluster says where it stands, and behind which groups
        holder = next(iter(referred_to(graph, store, "clusterIdentifier", DATABASE_CLUSTER)[0]), store)
    path = "clusterSubnetGroupName" if store.type == WAREHOUSE else "dbSubnetGroupName"
    is_public = flag(at(store.inputs, "publiclyAccessible"), "publiclyAccessible")
    named = referred_to(graph, holder, path, *_SUBNET_GROUPS)[0] if is_public else ()
    port = _port(holder)
    return Target(
        resource=store,
        what=f"database {store.name}",
        standing=[(group, "subnetIds") for group in named],
        behind=[(holder, "vpcSecurityGroupIds")],
        public=_V4 if is_public else frozenset(),
        ports=None if port is None else ((port, port),),
    )


def _port(store: Resource) -> int | None:
    said = number(at(store.inputs, "port"), "port")
    if said is not None:
        return int(said)
    if store.type == WAREHOUSE:
        return 5439
    engine = text(at(store.inputs, "engine"), "engine")
    return next((port for name, port in _PORTS.items() if engine.startswith(name)), None)


def _placed(kind: str, subnets: str, groups: str, public: str = "") -> Callable[[Resource, Graph], Target]:
    """Types that name their subnets, their groups and a public address, each in one property."""

    def place(resource: Resource, _graph: Graph) -> Target:
        is_public = bool(public) and flag(at(resource.inputs, public), public)
        return Target(
            resource=resource,
            what=f"{kind} {resource.name}",
            standing=[(resource, subnets)] if subnets else (),
            behind=[(resource, groups)],
            public=_V4 if is_public else frozenset(),
        )

    return place


def _nodes(group: Resource, graph: Graph) -> Target:
    path = "subnetIds" if group.type == NODE_GROUP else "vpcZoneIdentifiers"
    said = mapping(at(group.inputs, "launchTemplate"), "launchTemplate")
    named = "launchTemplate.id" if said.get("id") is not None else "launchTemplate.name"
    templates = referred_to(graph, group, named, TEMPLATE)[0] if said else []
    cards = [
        (template, index, card)
        for template in templates
        for index, card in enumerate(sequence(at(template.inputs, "networkInterfaces"), "networkInterfaces"))
    ]
    asked = [flag(at(card, "associatePublicIpAddress")) for _, _, card in cards if _asks(card)]
    given = _given(group, path, graph) if not asked else frozenset[int]()
    behind = [(template, "vpcSecurityGroupIds") for template in templates]
    behind += [(template, f"networkInterfaces.{index}.securityGroups") for template, index, _ in cards]
    return Target(
        resource=group,
        what=f"nodes {group.name}" if group.type == NODE_GROUP else f"machines {group.name}",
        standing=[(group, path)],
        behind=behind,
        public=_V4 if any(asked) else given,
    )


def _asks(card: Any) -> bool:
    return at(card, "associatePublicIpAddress") is not None


def _balancer(balancer: Resource, graph: Graph) -> Target:
    scheme = text(at(balancer.inputs, "scheme"), "scheme")
    is_inside = flag(at(balancer.inputs, "internal"), "internal") or scheme == "internal"
    listeners = [
        li
        for li in graph.of_type(LISTENER)
        if balancer in referred_to(graph, li, "loadBalancerArn", BALANCER)[0]
    ]
    ports = [int(p) for li in listeners if (p := number(at(li.inputs, "port"), "port")) is not None]
    has_groups = bool(at(balancer.inputs, "securityGroups")) or "network" not in text(
        at(balancer.inputs, "loadBalancerType"), "loadBalancerType"
    )
    return Target(
        resource=balancer,
        what=f"load balancer {balancer.name}",
        standing=[(balancer, "subnets")],
        behind=[(balancer, "securityGroups")],
        has_groups=has_groups,
        public=frozenset() if is_inside else _V4,
        ports=[(port, port) for port in sorted(set(ports))],
    )


def _control_plane(cluster: Resource, _graph: Graph) -> Target:
    return Target(
        resource=cluster,
        what=f"Kubernetes API of {cluster.name} inside the VPC",
        standing=[(cluster, "vpcConfig.subnetIds")],
        behind=[(cluster, "vpcConfig.securityGroupIds")],
        ports=((443, 443),),
    )


_PLACES: Final[dict[str, Callable[[Resource, Graph], Target]]] = {
    **dict.fromkeys(INSTANCES, _machine),
    DATABASE: _store,
    DATABASE_MEMBER: _store,
    WAREHOUSE: _store,
    BROKER: _placed("broker", "subnetIds", "securityGroups", "publiclyAccessible"),
    TASKS: _placed(
        "tasks",
        "networkConfiguration.subnets",
        "networkConfiguration.securityGroups",
        "networkConfiguration.assignPublicIp",
    ),
    NODE_GROUP: _nodes,
    MACHINES: _nodes,
    BALANCER: _balancer,
    CLUSTER: _control_plane,
    ENDPOINT: _placed("VPC endpoint", "subnetIds", "securityGroupIds"),
    "aws:docdb/cluster:Cluster": _placed("database", "", "vpcSecurityGroupIds"),
    "aws:elasticache/replicationGroup:ReplicationGroup": _placed("cache", "", "securityGroupIds"),
    "aws:memorydb/cluster:Cluster": _placed("cache", "", "securityGroupIds"),
    "aws:neptune/cluster:Cluster": _placed("database", "", "vpcSecurityGroupIds"),
    "aws:opensearch/domain:Domain": _placed("index", "vpcOptions.subnetIds", "vpcOptions.securityGroupIds"),
    "aws:efs/mountTarget:MountTarget": _placed("files", "subnetId", "securityGroups"),
    "aws:msk/cluster:Cluster": _placed(
        "brokers", "brokerNodeGroupInfo.clientSubnets", "brokerNodeGroupInfo.securityGroups"
    ),
    DATABASE_CLUSTER: _placed("database", "", "vpcSecurityGroupIds"),
}
PLACED: Final = tuple(_PLACES)
"""Types that have an address in a VPC."""
