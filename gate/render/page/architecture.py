"""Components, what stands on what, and what each is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gate.render.page.diagram import Diagram, Edge, Node, draw
from gate.report.report import Report
from policies.engine.graph import Resource


@dataclass(frozen=True, kw_only=True)
class Part:
    """One resource and what is below it; ``open_findings`` counts those of the whole branch."""

    resource: Resource
    children: Sequence["Part"]
    open_findings: int

    @property
    def size(self) -> int:
        """How many resources the branch holds, its own one included."""
        return 1 + sum(c.size for c in self.children)


def parts(report: Report) -> list[Part]:
    """The outermost components and resources by name, each with its branch."""
    known = {r.urn for r in report.resources}
    below: dict[str, list[Resource]] = {}
    for resource in report.resources:
        below.setdefault(resource.parent if resource.parent in known else "", []).append(resource)
    counted: dict[str, int] = {}
    for finding in report.open_findings:
        counted[finding.urn] = counted.get(finding.urn, 0) + 1

    def part(resource: Resource) -> Part:
        children = [part(c) for c in sorted(below.get(resource.urn, ()), key=lambda r: (r.custom, r.name))]
        found = counted.get(resource.urn, 0) + sum(c.open_findings for c in children)
        return Part(resource=resource, children=children, open_findings=found)

    return [part(r) for r in sorted(below.get("", ()), key=lambda r: (r.name, r.urn))]


def architecture(report: Report, outermost: Sequence[Part]) -> Diagram:
    """What stands on what: a component points at those that need it, by the shortest way only."""
    ids = {p.resource.name: f"part-{n}" for n, p in enumerate(outermost, 1)}
    nodes = [
        Node(
            id=p.resource.name,
            title=p.resource.name,
            note=f"{p.size} resources" if p.size > 1 else p.resource.type.rpartition(":")[2],
            link=f"#{ids[p.resource.name]}",
            kind="found" if p.open_findings else "plain",
        )
        for p in outermost
        if p.children or p.resource.dependencies
    ]
    return draw(nodes, [Edge(source=a, target=b) for b, needed in _needs(report).items() for a in needed])


def _needs(report: Report) -> Mapping[str, Sequence[str]]:
    """The components each component needs, without those that another needed one needs anyway."""
    direct: dict[str, set[str]] = {}
    for resource in report.resources:
        own = report.components.get(resource.urn, "")
        needed = {report.components.get(u, "") for u in resource.dependencies} - {own, ""}
        direct.setdefault(own, set()).update(needed)
    every: dict[str, frozenset[str]] = {}

    def all_of(name: str, above: frozenset[str]) -> frozenset[str]:
        if name not in every:
            inside = above | {name}
            deeper = [all_of(n, inside) for n in sorted(direct.get(name, ())) if n not in inside]
            found = frozenset(direct.get(name, ())).union(*deeper)
            if above:
                return found
            every[name] = found
        return every[name]

    whole = {name: all_of(name, frozenset()) for name in sorted(direct)}
    return {
        name: sorted(n for n in needed if not any(n in whole.get(o, ()) for o in needed if o != n))
        for name, needed in sorted(direct.items())
    }
