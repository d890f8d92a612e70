"""Ways in over the network: every path, and security groups that are open although no path leads through them."""

from collections.abc import Iterator

from gate.report.report import Exposure
from policies.analysis.network.internet_range import is_internet
from policies.analysis.network.paths import INTERNET, members, paths
from policies.analysis.network.ports import shown, within
from policies.analysis.network.security_groups import GROUPS, Opening, openings, rule_openings, rules_apart
from policies.analysis.network.targets import Target
from policies.analysis.network.types import GROUP_RULE, INGRESS
from policies.analysis.network.vpc_map import ways_out
from policies.engine.graph import Graph, Resource


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
                    detail=f"{_ports(opening)}; {_why_not(group, opening, graph)}",
                )


def _ports(opening: Opening) -> str:
    return shown(opening.protocol, opening.span)


def _why_not(group: Resource, opening: Opening, graph: Graph) -> str:
    """Why nothing is reached through an open group, as far as it can be told from what is declared here."""
    carriers = graph.once(members).get(group.id or group.name, [])
    reasons = sorted({f"{target.what} {_missing(target, opening, graph)}" for target in carriers})
    return ", ".join(reasons) or "nothing here carries the group"


def _missing(target: Target, opening: Opening, graph: Graph) -> str:
    if opening.family not in target.public:
        return "has no public address"
    subnets, _ = target.subnets(graph)
    if not subnets:
        return "stands in a subnet that is not declared here, so that its routes are not known"
    if not any(opening.family in ways_out(subnet, graph) for subnet in subnets):
        return "has no route to an internet gateway"
    if target.ports is not None and not any(within([opening.span], port) for port in target.ports):
        return "does not listen there"
    return "is behind a network ACL that closes it, or may stand elsewhere"


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
