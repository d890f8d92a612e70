"""A report as SARIF 2.1.0: what code scanning shows beside the line that caused it.

Written as plain data: the Python models of SARIF are either unkept since 2019 or thinner than the schema,
against which a test validates what is made here.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gate.core.printable import printable
from gate.render.origins import Origins, Place
from gate.render.places import Places
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.controls import tags_of
from policies.engine.evaluate import Finding, Undecided
from policies.engine.graph import Resource
from policies.engine.rule import Severity

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS: Final = {"mandatory": "error", "advisory": "warning"}
_WEIGHTS: Final[Mapping[Severity, str]] = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
"""Code scanning sorts by these figures: critical is above 9.0, high above 7.0, medium above 4.0."""
_OTHER: Final = "Found by the shape check or by checkov (docs/gate.md)."


def as_sarif(report: Report, origins: Origins | None = None) -> dict[str, Any]:
    """The report as a SARIF log.

    Waived findings are suppressed results; a rule that could not be decided is a result of kind ``open``;
    faults are notifications of an execution that did not succeed.
    """
    said: list[Finding | Undecided] = [
        *report.open_findings,
        *report.waived_findings,
        *sorted(report.undecided),
    ]
    rules = _rules(said)
    index = {rule["id"]: i for i, rule in enumerate(rules)}
    by_urn = {r.urn: r for r in report.resources}
    places = Places(report, origins)
    results = [_result(s, index[printable(s.rule)], by_urn.get(s.urn), places.of(s)) for s in said]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "slipway", "rules": rules}},
                "automationDetails": {"id": f"slipway/{printable(report.subject).replace(' ', '/')}"},
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not report.faults,
                        **_left_out(report),
                        "toolExecutionNotifications": [
                            {"level": "error", "message": {"text": printable(f)}} for f in report.faults
                        ],
                    }
                ],
                "results": results,
            }
        ],
    }


def _left_out(report: Report) -> dict[str, Any]:
    """Rules that were not applied, so that a reader does not take their silence for a pass."""
    off = [
        {"descriptor": {"id": printable(rule)}, "configuration": {"enabled": False}}
        for rule in report.left_out
    ]
    return {"ruleConfigurationOverrides": off} if off else {}


def _rules(said: Iterable[Finding | Undecided]) -> list[dict[str, Any]]:
    """Every rule of the catalogue, so that a fixed finding closes, and the others that spoke."""
    own = {
        rule.id: _rule(rule.id, rule.level, why=rule.why, fix=rule.fix, severity=rule.severity)
        for rule in sorted(RULES, key=lambda r: r.id)
    }
    for item in sorted(said, key=lambda s: s.rule):
        if item.rule not in own:
            own[item.rule] = _rule(item.rule, item.level, why=_OTHER, fix=getattr(item, "fix", ""))
    return list(own.values())


def _rule(rule: str, level: str, *, why: str, fix: str, severity: Severity = "medium") -> dict[str, Any]:
    return {
        "id": printable(rule),
        "shortDescription": {"text": printable(rule).replace("-", " ")},
        "fullDescription": {"text": printable(why)},
        "help": {"text": printable(fix or why), "markdown": f"{printable(why)}\n\n**Fix.** {printable(fix)}"},
        "defaultConfiguration": {"level": _LEVELS[level]},
        "properties": {"tags": list(tags_of(rule)), "security-severity": _WEIGHTS[severity]},
    }


def _result(
    said: Finding | Undecided, index: int, resource: Resource | None, places: Sequence[Place]
) -> dict[str, Any]:
    label = resource.label if resource is not None else said.urn
    identity = said.key.encode(errors="backslashreplace")
    result: dict[str, Any] = {
        "ruleId": printable(said.rule),
        "ruleIndex": index,
        "message": {"text": printable(f"{label}: {said.message}")},
        "partialFingerprints": {"slipway/v2": hashlib.sha256(identity).hexdigest()},
    }
    if isinstance(said, Undecided):
        result |= {"kind": "open", "level": "none"}
        result["message"]["text"] = printable(f"{label}: not decided: {said.message}")
    else:
        result |= {"kind": "fail", "level": _LEVELS[said.level]}
        if said.waiver:
            result["suppressions"] = [
                {"kind": "external", "status": "accepted", "justification": printable(said.waiver)}
            ]
    result["locations"] = [_location(places[:1], said.urn, label)]
    if places[1:]:
        result["relatedLocations"] = [
            {"id": i, "message": {"text": "declared here"}, **_physical(p)}
            for i, p in enumerate(places[1:], 1)
        ]
    return result


def _location(places: Sequence[Place], urn: str, label: str) -> dict[str, Any]:
    logical = {"fullyQualifiedName": printable(urn), "name": printable(label), "kind": "resource"}
    return {"logicalLocations": [logical], **(_physical(places[0]) if places else {})}


def _physical(place: Place) -> Mapping[str, Any]:
    region = {"region": {"startLine": place.line}} if place.line else {}
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, **region}}


def _uri(path: str) -> str:
    """A path as a reference: what would not be part of a path is escaped."""
    from urllib.parse import quote  # noqa: PLC0415 only where there is something to say

    return quote(path, errors="replace")
