"""Routes that lead to the internet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.types import INTERNET_GATEWAY, ROUTE
from policies.engine.graph import Graph, Resource
from policies.engine.neighbours import pointing_at
from policies.engine.values import at, mapping, sequence, text


@dataclass(frozen=True, kw_only=True)
class InternetRoute:
    """A route to an internet gateway: where it stands, to which gateway, and for which addresses."""

    exit_: str
    gateway: str
    destination: str

    @property
    def is_default(self) -> bool:
        """Whether it is for the internet as a whole, not for a few known addresses."""
        return bool(self.destination) and is_internet(self.destination)

    @property
    def family(self) -> int:
        return 6 if ":" in self.destination else 4


_DESTINATIONS: Final = ("destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock")


def internet_routes(table: Resource, graph: Graph) -> Iterator[InternetRoute]:
    """The routes of a table that lead to an internet gateway."""
    gateways = {g.urn: g for g in graph.of_type(INTERNET_GATEWAY)}
    by_id = {g.id: g.name for g in gateways.values() if g.id}
    for route in pointing_at(graph, table, ROUTE, "routeTableId", every=True):
        sources = route.property_dependencies.get("gatewayId", frozenset()) & gateways.keys()
        # Where the value comes from decides before the value is known; an id of a gateway elsewhere is read.
        if sources:
            yield _route(f"route {route.name}", gateways[min(sources)].name, route.inputs)
        elif not route.property_dependencies.get("gatewayId"):
            yield from _read(f"route {route.name}", route.inputs, by_id)
    for index, inline in enumerate(sequence(at(table.inputs, "routes"), "routes")):
        yield from _read(f"route {index} of {table.name}", mapping(inline), by_id)


def _read(exit_: str, route: Mapping[str, Any], gateways: Mapping[str, str]) -> Iterator[InternetRoute]:
    gateway = text(at(route, "gatewayId"), "gatewayId")
    if gateway and (gateway in gateways or gateway.startswith("igw-")):
        yield _route(exit_, gateways.get(gateway, gateway), route)


def _route(exit_: str, gateway: str, route: Mapping[str, Any]) -> InternetRoute:
    said = [text(at(route, name), name) for name in _DESTINATIONS]
    return InternetRoute(
        exit_=exit_, gateway=f"internet gateway {gateway}", destination=next(filter(None, said), "")
    )
