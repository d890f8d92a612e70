"""Ways in over the network: every path, and security groups that are open although no path leads through them."""

from collections.abc import Iterator

from gate.report import Exposure
from policies.address_range import is_internet
from policies.group_openings import GROUPS, Opening, openings, rule_openings, rules_apart
from policies.network import GROUP_RULE, INGRESS
from policies.network_paths import INTERNET, members, paths
from policies.network_targets import Target
from policies.port_ranges import shown
from policies.record import Graph, Resource


def network_ways(graph: Graph) -> Iterator[Exposure]:
    """Each path from the outside in, then what stands open to the internet and leads nowhere.

    Raises:
        UndecidedError: a value on a path is unknown.
    """
    used: set[str] = set()
    for path in paths(graph):
        if path.source == INTERNET:
            used.add(path.via[-1])
        yield Exposure(
            what=path.target, source=path.source, detail=f"{path.ports} through {', '.join(path.via)}"
        )
    for group in graph.of_type(*GROUPS):
        for opening in openings(group, graph):
            if not opening.is_group and is_internet(opening.source) and opening.by not in used:
                yield Exposure(
                    what=opening.by,
                    source=opening.source,
                    detail=f"{_ports(opening)}; {_why_not(group, graph)}",
                )


def _ports(opening: Opening) -> str:
    return shown(opening.protocol, opening.span)


def _why_not(group: Resource, graph: Graph) -> str:
    """Why nothing is reached through an open group, as far as it can be told from what is declared here."""
    carriers = graph.once(members).get(group.id or group.name, [])
    if not carriers:
        return "nothing here carries the group"
    elsewhere = [target.what for target in carriers if target.public and not target.subnets(graph)[0]]
    if elsewhere:
        return f"the subnet of {', '.join(elsewhere)} is not declared here, so that its routes are not known"
    return f"{_said(carriers)} behind it, without a public address and a route to an internet gateway"


def _said(carriers: list[Target]) -> str:
    names = sorted({target.what for target in carriers})
    return f"only {', '.join(names)} {'is' if len(names) == 1 else 'are'}"


def loose_rules(graph: Graph) -> Iterator[Exposure]:
    """Open rules of groups that are declared elsewhere: what carries those is not known here."""
    held = {rule.urn for rules in graph.once(rules_apart)[0].values() for rule in rules}
    for rule in graph.of_type(INGRESS, GROUP_RULE):
        for opening in rule_openings(rule):
            if is_internet(opening.source) and rule.urn not in held:
                yield Exposure(
                    what=f"security group rule {rule.name}",
                    source=opening.source,
                    detail=f"{_ports(opening)}; its group is not declared here",
                )
