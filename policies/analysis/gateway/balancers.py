"""Load balancers of services and of gateways' proxies: whom they are open to."""

from collections.abc import Iterator
from typing import Final

from policies.analysis.gateway.objects import CLASSES, GATEWAYS, NOTE, PROXY, is_internal
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.network.internet_range import is_internet
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, known, mapping, sequence, text

_SERVICE: Final = "spec.provider.kubernetes.envoyService"


def _is_used(proxy: Resource, graph: Graph) -> bool:
    """Whether a gateway here names it, or is of a class that does."""
    place = (name_of(proxy), namespace_of(proxy))
    for gateway in graph.of_type(*GATEWAYS):
        own = mapping(at(gateway.inputs, "spec.infrastructure.parametersRef"))
        if (text(own.get("name")), namespace_of(gateway)) == place:
            return True
        wanted = text(at(gateway.inputs, "spec.gatewayClassName"))
        for found in graph.of_type(*CLASSES):
            given = mapping(at(found.inputs, "spec.parametersRef"))
            if name_of(found) == wanted and (text(given.get("name")), text(given.get("namespace"))) == place:
                return True
    return False


def open_balancer(resource: Resource, graph: Graph) -> Iterator[Offence]:
    """What a Service or an EnvoyProxy opens to the internet by its load balancer."""
    if resource.type == PROXY:
        service = at(resource.inputs, _SERVICE)
        if service is None:
            if _is_used(resource, graph):
                yield Offence(path=_SERVICE, problem="nothing says that its load balancer is internal")
            return
        spec, where, noted_at = mapping(service), _SERVICE, f"{_SERVICE}.annotations"
        notes, kind = mapping(at(spec, "annotations")), text(at(spec, "type")) or "LoadBalancer"
    else:
        spec, notes = (
            mapping(at(resource.inputs, "spec")),
            mapping(at(resource.inputs, "metadata.annotations")),
        )
        kind, where, noted_at = text(at(spec, "type")), "spec", "metadata.annotations"
    if kind != "LoadBalancer" or is_internal(spec, notes):
        return
    path, key = f"{where}.loadBalancerSourceRanges", f"{NOTE}load-balancer-source-ranges"
    ranges = [
        (f"{path}[{i}]", text(item)) for i, item in enumerate(sequence(at(spec, path.rpartition(".")[2])))
    ]
    noted = text(known(notes.get(key)))
    ranges = ranges or [(f"{noted_at}[{key}]", item.strip()) for item in noted.split(",") if item.strip()]
    if not ranges:
        yield Offence(path=path, problem="a public load balancer that names no source ranges")
    for place, item in ranges:
        if is_internet(item):
            yield Offence(path=place, problem=f"a public load balancer open to {item}", value=item)
