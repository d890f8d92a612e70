"""Applying waivers to findings: expired and unused ones are faults, not silence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from gate.core.errors import GateError
from policies.engine.evaluate import Finding
from policies.engine.graph import Resource
from policies.engine.waiver import Accepted, Waiver, WaiverError, read_waivers


@dataclass(frozen=True)
class Waived:
    """Findings with their waivers filled in, and which waivers were used."""

    findings: tuple[Finding, ...]
    used: frozenset[str]
    wrong: tuple[str, ...]
    """What is the matter with waivers that would have been used."""


def load_waivers(path: Path) -> dict[str, Waiver]:
    """The waivers of a file, keyed by name; an absent file holds none.

    Raises:
        GateError: the file is unreadable or a record is wrong; all problems are listed.
    """
    try:
        return read_waivers(path)
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
    labels = {r.urn: r.label for r in resources}
    accepted = Accepted(waivers, stack)
    used: set[str] = set()
    wrong: list[str] = []
    excused: dict[str, set[str]] = {}
    marked = []
    for finding in findings:
        found = accepted.by(finding.rule, labels.get(finding.urn, finding.urn), finding.message)
        if found is None:
            marked.append(finding)
            continue
        name, waiver = found
        used.add(name)
        excused.setdefault(name, set()).add(finding.urn)
        if waiver.is_in_force(today):
            marked.append(replace(finding, waiver=f"{name} ({waiver.owner}, until {waiver.expires})"))
        else:
            wrong.append(
                f"waiver {name} of {waiver.owner} {waiver.ended(today)}: {finding.rule}, {waiver.resource}"
            )
            marked.append(finding)
    wrong += [
        f"waiver {name} excuses {len(urns)} resources that are both called {waivers[name].resource}: rename one, since "
        "nobody knows which of them was meant"
        for name, urns in excused.items()
        if len(urns) > 1
    ]
    return Waived(findings=tuple(marked), used=frozenset(used), wrong=tuple(dict.fromkeys(wrong)))
