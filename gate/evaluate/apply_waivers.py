"""Applying waivers to findings: expired and unused ones are faults, not silence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gate.core.errors import GateError
from policies.analysis.charts.joined import name_and_version, renderings
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.accepted_types import read_accepted
from policies.engine.catalog import ALIASES
from policies.engine.evaluate import Finding
from policies.engine.graph import Graph, Resource
from policies.engine.waiver import Accepted, Waiver, WaiverError, in_chart


@dataclass(frozen=True)
class Waived:
    """Findings with their waivers filled in, and which waivers were used."""

    findings: tuple[Finding, ...]
    used: frozenset[str]
    """Names of waivers; of charts' waivers each finding that was there too (:func:`part`)."""
    wrong: tuple[str, ...]
    """What is the matter with waivers that would have been used."""


def load_waivers(path: Path) -> dict[str, Waiver]:
    """The waivers of a file and the types accepted beside it, keyed by name; an absent file holds none.

    Raises:
        GateError: the file is unreadable or a record is wrong; all problems are listed.
    """
    try:
        return read_accepted(path)
    except WaiverError as error:
        raise GateError(error.headline, error.problems) from None


def waive(
    findings: Iterable[Finding],
    waivers: dict[str, Waiver],
    resources: Sequence[Resource],
    stack: str,
    today: date,
) -> Waived:
    """Mark what a waiver excuses in this stack on this day."""
    graph = Graph(resources)
    labels = {r.urn: called(r, graph) for r in resources}
    accepted = Accepted(waivers, stack, ALIASES)
    used: set[str] = set()
    wrong: list[str] = []
    excused: dict[tuple[str, str], set[str]] = {}
    marked = []
    for finding in findings:
        label = labels.get(finding.urn, finding.urn)
        found = accepted.by(finding, label)
        if found is None:
            marked.append(finding)
            continue
        name, waiver, text = found
        used.add(name)
        if waiver.chart is not None:
            used.add(part(name, label, text))
        excused.setdefault((name, label), set()).add(finding.urn)
        if waiver.is_in_force(today):
            marked.append(replace(finding, waiver=f"{name} ({waiver.owner}, until {waiver.expires})"))
        else:
            wrong.append(
                f"waiver {name} of {waiver.owner} {waiver.ended(today)}: {finding.rule}, {waiver.on}"
            )
            marked.append(finding)
    wrong += [
        f"waiver {name} excuses {len(urns)} resources that are both called {label}: rename one, since "
        "nobody knows which of them was meant"
        for (name, label), urns in excused.items()
        if len(urns) > 1
    ]
    used.update(_unasked(waivers, graph))
    return Waived(findings=tuple(marked), used=frozenset(used), wrong=tuple(dict.fromkeys(wrong)))


def called(resource: Resource, graph: Graph) -> str:
    """How a waiver calls a resource."""
    release = graph.by_urn.get(resource.parent)
    if not resource.rendered or release is None or release.type != RELEASE:
        return resource.label
    metadata = resource.inputs["metadata"]
    place = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return in_chart(name_and_version(release), f"{resource.inputs['kind']} {place}{metadata['name']}")


def part(name: str, label: str, finding: str) -> str:
    """One finding that a waiver accepts, as a key."""
    return f"{name}\n{label}\n{finding}"


def _unasked(waivers: Mapping[str, Waiver], graph: Graph) -> Iterable[str]:
    """Waivers of charts of which this stack has no rendering: nobody knows whether they still excuse something."""
    unseen = {known.called for known in renderings(graph) if known.rendering is None}
    for name, waiver in waivers.items():
        if waiver.chart in unseen:
            yield name
            yield from (part(name, *each) for each in waiver.parts())
