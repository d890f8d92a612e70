"""The way from pods that sign to KMS: addresses that their policies name, and an endpoint that stands behind these."""

import json
from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from typing import Any, Final

from policies.analysis.flows.callers import ways_out
from policies.analysis.flows.selection import on_port
from policies.analysis.identity.signers import signs
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.types import ENDPOINT, SUBNET, VPC
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence
from policies.engine.values import at, known, mapping, sequence, text

_HTTPS: Final = 443
_POD: Final = "spec.template.spec"
_ACCOUNT: Final = f"{_POD}.serviceAccountName"
_LABELS: Final = "spec.template.metadata.labels"


def cut_from_kms(workload: Resource, graph: Graph) -> Iterator[Offence]:
    """Workers with a key in KMS that are let out to nothing that is KMS.

    Raises:
        UndecidedError: an account, a policy or an endpoint cannot be read.
    """
    account = text(at(workload.inputs, _ACCOUNT), _ACCOUNT)
    if not signs(graph, namespace_of(workload), account):
        return
    labels = {
        key: text(known(value), key) for key, value in mapping(at(workload.inputs, _LABELS), _LABELS).items()
    }
    is_closed, ways = graph.once_for(ways_out, (namespace_of(workload), json.dumps(labels, sort_keys=True)))
    if not is_closed:
        return
    opened = [cidr for way in ways if on_port(way, _HTTPS, "TCP") for cidr in _ranges(way)]
    if any(map(is_internet, opened)):
        return
    stand = graph.once(_subnets_of_kms)
    if not stand and graph.of_type(VPC):
        yield Offence(
            path=_ACCOUNT, problem=f"{account} signs in KMS, and no endpoint of KMS stands in a subnet"
        )
    elif not any(_holds(cidr, subnet) for cidr in opened for subnet in stand) and (stand or not opened):
        yield Offence(
            path=_ACCOUNT,
            problem=f"{account} signs in KMS, and no policy lets its pods out to the endpoint on port 443",
        )


def _ranges(way: Any) -> Iterator[str]:
    for peer in sequence(at(way, "to"), "to"):
        cidr = text(at(peer, "ipBlock.cidr"), "cidr")
        if cidr:
            yield cidr


def _subnets_of_kms(graph: Graph) -> list[str]:
    """The ranges of the subnets in which interface endpoints of KMS stand."""
    found: list[str] = []
    for endpoint in graph.of_type(ENDPOINT):
        said = endpoint.inputs
        is_interface = text(said.get("vpcEndpointType"), "vpcEndpointType") == "Interface"
        if is_interface and text(said.get("serviceName"), "serviceName").endswith(".kms"):
            found += _standing(endpoint, graph)
    return found


def _standing(endpoint: Resource, graph: Graph) -> Iterator[str]:
    """By reference: before the first update no subnet has an id."""
    ids = {one for one in sequence(at(endpoint.inputs, "subnetIds"), "subnetIds") if isinstance(one, str)}
    for subnet in graph.of_type(SUBNET):
        if endpoint in graph.referring(subnet, ENDPOINT, "subnetIds") or subnet.id in ids:
            yield text(subnet.inputs.get("cidrBlock"), "cidrBlock")


def _holds(cidr: str, subnet: str) -> bool:
    # Endpoints of ours stand in IPv4.
    wide, narrow = ip_network(cidr, strict=False), ip_network(subnet, strict=False)
    return isinstance(wide, IPv4Network) and isinstance(narrow, IPv4Network) and narrow.subnet_of(wide)
