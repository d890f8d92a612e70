"""One defect, two witnesses: what checkov finds as well as a rule of ours is told once, under our rule."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from policies.engine.evaluate import Finding
from policies.engine.rule import Rule

_THEIRS: Final = "checkov:"


def told_once(findings: Sequence[Finding], rules: Iterable[Rule]) -> tuple[Finding, ...]:
    """The findings, without those of checkov that a rule of ours makes of the same resource.

    A rule names its twins (``Rule.same_as``); its findings take their ids as ``witnesses``. What gates keeps gating:
    checkov's finding stays where ours is advisory, and where ours is waived and checkov's is not.
    """
    twins: dict[str, set[str]] = {}
    for rule in rules:
        for check in rule.same_as:
            twins.setdefault(f"{_THEIRS}{check}", set()).add(rule.id)
    ours: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.level == "mandatory" and not finding.rule.startswith(_THEIRS):
            ours.setdefault((finding.rule, finding.urn), []).append(finding)
    seen_by: dict[Finding, set[str]] = {}
    kept = []
    for finding in findings:
        same = [
            one
            for rule in sorted(twins.get(finding.rule, ()))
            for one in ours.get((rule, finding.urn), ())
            if finding.urn and (finding.waiver or not one.waiver)
        ]
        for one in same:
            seen_by.setdefault(one, set()).add(finding.rule)
        if not same:
            kept.append(finding)
    return tuple(
        replace(one, witnesses=tuple(sorted(seen_by[one]))) if one in seen_by else one for one in kept
    )
