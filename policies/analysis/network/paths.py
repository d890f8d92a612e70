"""Network paths: what is reachable from where, over which gateway, route, access list and security group."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.ports import EVERY_PORT, Span, shown, within
from policies.analysis.network.security_groups import Opening, openings
from policies.analysis.network.targets import PLACED, Target, target_of
from policies.analysis.network.vpc_map import acl_name, admitted, ways_out
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError

INTERNET: Final = "the internet"


@dataclass(frozen=True, kw_only=True, order=True)
class NetworkPath:
    """One way from a source to a target: on which ports, and what opens it, from the outside in."""

    target: str
    source: str
    ports: str
    via: tuple[str, ...]
    urn: str = ""


def paths(graph: Graph) -> Iterator[NetworkPath]:
    """Every path in the graph, each from the outside in.

    Raises:
        UndecidedError: a value on a path is unknown; what can be told of other targets was told before.
    """
    missing: UndecidedError | None = None
    for target in _targets_or_missing(graph):
        if isinstance(target, UndecidedError):
            missing = missing or target
            continue
        try:
            yield from _from_outside(target, graph)
            yield from _from_inside(target, graph)
        except UndecidedError as error:
            missing = missing or error
    if missing is not None:
        raise missing


def _targets_or_missing(graph: Graph) -> Iterator[Target | UndecidedError]:
    for resource in graph.of_type(*PLACED):
        try:
            yield target_of(resource, graph)
        except UndecidedError as error:
            yield error


def paths_from_the_internet(resource: Resource, graph: Graph) -> list[NetworkPath]:
    """The paths from the internet to one resource that has a place in the VPC."""
    return sorted(set(_from_outside(target_of(resource, graph), graph)))


def _from_outside(target: Target, graph: Graph) -> Iterator[NetworkPath]:
    if not target.public:
        return
    subnets, is_certain = target.subnets(graph)
    ways = [(subnet, ways_out(subnet, graph)) for subnet in subnets]
    if not is_certain and not all(way for _, way in ways):
        return  # which of the subnets it stands in is not known, and not every one has a way
    for subnet, way in ways:
        for family in sorted(target.public & way.keys()):
            for opening in _from_internet(target, family, graph):
                for span in _open_ports(target, admitted(subnet, graph, opening)):
                    via = (way[family], acl_name(subnet, graph), opening.by)
                    yield _path(target, INTERNET, opening.protocol, span, via)


def _from_internet(target: Target, family: int, graph: Graph) -> Iterator[Opening]:
    if not target.has_groups:
        anywhere = "0.0.0.0/0" if family == 4 else "::/0"  # noqa: PLR2004 versions of IP
        yield Opening(source=anywhere, protocol="tcp", span=EVERY_PORT, by="no security group")
    for group in target.groups(graph):
        for opening in openings(group, graph):
            if not opening.is_group and is_internet(opening.source) and opening.family == family:
                yield opening


def _from_inside(target: Target, graph: Graph) -> Iterator[NetworkPath]:
    """From ranges that somebody owns, and from members of other groups; both need no gateway of their own."""
    for group in target.groups(graph):
        for opening in openings(group, graph):
            if opening.is_group or not is_internet(opening.source):
                for span in _open_ports(target, [opening.span]):
                    for source in _called(opening, graph):
                        yield _path(target, source, opening.protocol, span, (opening.by,))


def _called(opening: Opening, graph: Graph) -> Iterable[str]:
    """Who a source is: a range as it is written, of a group its members, or the group where nobody here is in it."""
    if not opening.is_group:
        return [opening.source]
    here = [target.what for target in graph.once(members).get(opening.source, ())]
    return here or [f"members of {_group_name(opening.source, graph)}"]


def members(graph: Graph) -> dict[str, list[Target]]:
    """What carries each security group, by the group's id, or its name where it has none yet."""
    found: dict[str, list[Target]] = {}
    for target in _targets_or_missing(graph):
        if isinstance(target, UndecidedError):
            continue  # its own paths say so
        try:
            groups = target.groups(graph)
        except UndecidedError:
            continue
        for group in groups:
            found.setdefault(group.id or group.name, []).append(target)
    return found


def _group_name(name: str, graph: Graph) -> str:
    return next(
        (f"security group {r.name}" for r in graph if r.id == name and name), f"security group {name}"
    )


def _open_ports(target: Target, spans: Iterable[Span]) -> list[Span]:
    if target.ports is None:
        return list(spans)
    return [both for port in target.ports for both in within(spans, port)]


def _path(target: Target, source: str, protocol: str, span: Span, via: Iterable[str]) -> NetworkPath:
    return NetworkPath(
        target=target.what,
        source=source,
        ports=shown(protocol, span),
        via=tuple(step for step in via if step),
        urn=target.resource.urn,
    )
