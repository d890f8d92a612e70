"""What must hold of load balancers that a controller makes for a Service: who ends them, and whom they reach."""

import ipaddress
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from policies.analysis.flows.selection import meets, network, on_port
from policies.analysis.flows.tunnel import closes, selector_of
from policies.analysis.gateway.objects import (
    GATEWAYS,
    NOTE,
    PROXY,
    SERVICE,
    is_internal,
    proxy_labels,
    proxy_port,
    proxy_service,
)
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import inside, namespace_of
from policies.analysis.mesh.objects import NETWORK_POLICIES
from policies.analysis.network.types import SUBNET
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, number, sequence, text

_CHART: Final = "aws-load-balancer-controller"
_CLASS: Final = "service.k8s.aws/"
_SEPARATE: Final = frozenset({"external", "nlb-ip"})
_PROXY_SERVICE: Final = "spec.provider.kubernetes.envoyService"


def _balancer(resource: Resource) -> tuple[str, Mapping[str, Any], Mapping[str, Any]] | None:
    """Where a Service or an EnvoyProxy says how its load balancer is made; None where it has none."""
    where, notes = (
        (_PROXY_SERVICE, f"{_PROXY_SERVICE}.annotations")
        if resource.type == PROXY
        else ("spec", "metadata.annotations")
    )
    spec = at(resource.inputs, where)
    if spec is None or text(at(spec, "type")) != "LoadBalancer":
        return None
    return where, mapping(spec), mapping(at(resource.inputs, notes))


def _is_its(spec: Mapping[str, Any], notes: Mapping[str, Any]) -> bool:
    """Whether a load balancer is left to AWS's controller, by class or by the older annotation."""
    return (
        text(at(spec, "loadBalancerClass")).startswith(_CLASS)
        or text(known(notes.get(f"{NOTE}aws-load-balancer-type"))) in _SEPARATE
    )


def _controllers(graph: Graph) -> list[Resource]:
    return [release for release in graph.of_type(RELEASE) if chart_of(release) == _CHART]


def _unmanaged(resource: Resource, graph: Graph) -> Iterable[Offence]:
    found, controllers = _balancer(resource), graph.once(_controllers)
    if found is None or not controllers:  # the controller of another stack, or of a cloud of its own
        return
    where, spec, notes = found
    path = f"{where}.loadBalancerClass"
    if not text(at(spec, "loadBalancerClass")) and not _is_its(spec, notes):
        yield Offence(
            path=path,
            problem=(
                "is not set: EKS's own controller makes the load balancer, and sends connections to a port of "
                "every node"
            ),
            expected=f"{_CLASS}nlb",
        )
    if resource.source or not _is_its(spec, notes):  # a manifest has no order; whoever applies it deletes it
        return
    before = graph.waits_for(resource.urn)
    for controller in controllers:
        if controller.urn not in before:
            yield Offence(
                path="",
                problem=(
                    f"does not wait for {controller.name}: on destroy the controller may go first, and the load "
                    "balancer stays"
                ),
            )


def _unreached(gateway: Resource, graph: Graph) -> Iterator[Offence]:
    service = proxy_service(gateway, graph)
    notes = mapping(at(service, "annotations")) if service else {}
    if service is None or not _is_its(service, notes) or not _has_addresses_as_targets(notes):
        return
    labels = proxy_labels(gateway)
    closing = [
        policy
        for policy in inside(graph, namespace_of(gateway), *NETWORK_POLICIES)
        if closes(policy, "Ingress") and meets(selector_of(policy), labels)
    ]
    if not closing:
        return
    rules = [rule for p in closing for rule in sequence(at(p.inputs, "spec.ingress"), "spec.ingress")]
    role = "internal-elb" if is_internal(service, notes) else "elb"
    for index, listener in enumerate(sequence(at(gateway.inputs, "spec.listeners"))):
        port = proxy_port(number(at(listener, "port"), "port") or 0)
        for subnet in _subnets(graph, role):
            if not any(_lets_in(rule, port, subnet) for rule in rules):
                yield Offence(
                    path=f"spec.listeners[{index}].port",
                    problem=(
                        f"the load balancer asks whether proxies are there from {subnet}, and no NetworkPolicy lets "
                        f"it in on {port}"
                    ),
                    value=at(listener, "port"),
                )


def _has_addresses_as_targets(notes: Mapping[str, Any]) -> bool:
    kind = text(known(notes.get(f"{NOTE}aws-load-balancer-type")))
    return kind == "nlb-ip" or text(known(notes.get(f"{NOTE}aws-load-balancer-nlb-target-type"))) == "ip"


def _subnets(graph: Graph, role: str) -> Sequence[str]:
    """The ranges of the subnets that the controller chooses, by their tag."""
    return [
        text(at(subnet.inputs, "cidrBlock"), "cidrBlock")
        for subnet in graph.of_type(SUBNET)
        if f"kubernetes.io/role/{role}" in mapping(subnet.inputs.get("tags"), "tags")
    ]


def _lets_in(rule: Any, port: int, subnet: str) -> bool:
    if not on_port(rule, port, "TCP"):
        return False
    peers = sequence(at(rule, "from"), "from")
    wanted = ipaddress.ip_network(subnet)
    blocks = [mapping(at(p, "ipBlock"), "ipBlock") for p in peers if at(p, "ipBlock") is not None]
    return not peers or any(
        _holds(network(block.get("cidr")), wanted)
        and not any(wanted.overlaps(network(hole)) for hole in sequence(block.get("except"), "except"))
        for block in blocks
    )


def _holds(outer: Any, inner: Any) -> bool:
    return bool(outer.version == inner.version and inner.subnet_of(outer))


RULES: tuple[Rule, ...] = (
    Rule(
        id="load-balancers-follow-their-controller",
        severity="medium",
        applies_to=(SERVICE, PROXY),
        why=(
            "A load balancer of nobody's controller opens a port on every node; one whose controller goes first stays, "
            "costs, and holds its Service and namespace back for ever."
        ),
        fix="Name the class service.k8s.aws/nlb, and let the object depend on the controller's release.",
        check=_unmanaged,
        reads_graph=True,
    ),
    Rule(
        id="load-balancers-reach-their-proxies",
        severity="high",
        applies_to=GATEWAYS,
        why="A load balancer sends nothing to a proxy that does not answer its health check.",
        fix="Let the ranges of the load balancer's subnets in, on the port on which proxies listen.",
        check=_unreached,
        reads_graph=True,
    ),
)
