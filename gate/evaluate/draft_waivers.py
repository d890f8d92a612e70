"""Drafts waivers for the open findings of a report: each names exactly what somebody has read."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Final

import yaml
from pydantic import TypeAdapter, ValidationError

from facts.explain import explain
from gate.core.errors import GateError
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.waiver import Waiver, in_chart

_FORMAT: Final = 1


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """Who accepts, why, from when until when, and in which stacks."""

    reason: str
    owner: str
    created: date
    expires: date
    stacks: Sequence[str]


def drafts(
    text: str, rules: Sequence[str], resources: Sequence[str], accepted: Acceptance, taken: Sequence[str] = ()
) -> str:
    """Records for ``policies/waivers.yaml``, in the order of the report; what a chart installs is one record a rule.

    Args:
        text: a ``report.json``.
        rules: ids or patterns of rules.
        resources: parts of names, any of which a resource must hold; none means every resource.
        accepted: what each record says besides.
        taken: names that other waivers have.

    Raises:
        GateError: it is no report, nothing open matches, or a record would be refused.
    """
    report = _read(text)
    found = [
        (finding["rule"], label, finding["message"], json.dumps(_at(finding)))
        for finding, label in _open(report)
        if any(fnmatchcase(finding["rule"], rule) for rule in rules)
        and (not resources or any(part in label for part in resources))
    ]
    if not found:
        raise GateError("no open finding of the report matches", [f"rules: {', '.join(rules)}"])
    records = _named(_records(dict.fromkeys(found), accepted), set(taken))
    try:
        TypeAdapter(dict[str, Waiver]).validate_python(records)
    except ValidationError as error:
        raise GateError("a waiver like this would be refused:", sorted(set(explain(error)))) from None
    return yaml.dump(records, Dumper=_Spelled, sort_keys=False, width=110, allow_unicode=True)


class _Spelled(yaml.SafeDumper):
    """One day in two records is written twice: an anchor is a mistake to who reads waivers."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 the same answer for everything
        return True


def stack_of(text: str) -> str:
    """The stack that a report is about; empty for files of others."""
    word, _, name = str(_read(text)["subject"]).partition(" ")
    return name if word == "stack" else ""


def _read(text: str) -> Mapping[str, Any]:
    try:
        report = json.loads(text)
    except ValueError as error:
        raise GateError(f"the report is no JSON: {error}") from None
    if not isinstance(report, dict) or report.get("format") != _FORMAT or "findings" not in report:
        raise GateError(f"this is no report.json of a preview or of judge (format {_FORMAT})")
    return report


def _open(report: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    by_urn = {resource["urn"]: resource for resource in report["resources"]}
    for finding in report["findings"]:
        if not finding["waiver"]:
            yield finding, _called(finding, by_urn)


def _called(finding: Mapping[str, Any], by_urn: Mapping[str, Mapping[str, Any]]) -> str:
    """How a waiver calls a finding's resource (:func:`gate.evaluate.apply_waivers.called`)."""
    if finding["object"]:
        return str(finding["object"])
    resource = by_urn.get(finding["urn"])
    if resource is None:
        return str(finding["urn"])
    release = by_urn.get(resource["parent"])
    if release is None or release["type"] != RELEASE:
        return f"{resource['type']} {resource['name']}"
    chart = str(release["inputs"].get("chart", "")).rpartition("/")[2]
    place = str(resource["name"]).partition("/")[2]
    return in_chart(f"{chart} {release['inputs'].get('version', '')}", f"{_kind(resource)} {place}")


def _kind(resource: Mapping[str, Any]) -> str:
    return str(resource["inputs"].get("kind") or resource["type"].rpartition(":")[2])


def _at(finding: Mapping[str, Any]) -> dict[str, Any]:
    """What a waiver names of a finding: path and value where the report holds both, which outlive sentences."""
    if finding.get("path") and "value" in finding:
        return {"finding": finding["path"], "value": finding["value"]}
    return {"finding": finding["message"]}


def _records(
    found: Mapping[tuple[str, str, str, str], Any], accepted: Acceptance
) -> Iterator[dict[str, Any]]:
    said = {
        "stacks": "all" if list(accepted.stacks) == ["all"] else list(accepted.stacks),
        "reason": accepted.reason,
        "owner": accepted.owner,
        "created": accepted.created,
        "expires": accepted.expires,
    }
    charts: dict[tuple[str, str], dict[str, Any]] = {}
    for rule, label, finding, said_at in found:
        chart = re.match(r"chart (\S+ \S+): (.+)", label)
        if chart is None:
            yield {"rule": rule, "resource": label, **json.loads(said_at), **said}
            continue
        record = charts.get((rule, chart[1]))
        if record is None:
            record = {"rule": rule, "chart": chart[1], "objects": {}, **said}
            charts[rule, chart[1]] = record
        record["objects"].setdefault(chart[2], []).append(finding)
    yield from charts.values()


def _named(records: Iterator[dict[str, Any]], taken: set[str]) -> dict[str, dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for record in records:
        subject = record.get("chart") or record["resource"]
        words = re.sub(r"[^a-z0-9]+", "-", str(subject).rpartition("/")[2].rpartition(" ")[2].lower()).strip(
            "-"
        )
        if "chart" in record:
            words = str(record["chart"]).partition(" ")[0]
        first = f"{record['rule'].replace(':', '-').lower()}-{words}"
        name, number = first, 2
        while name in named or name in taken:
            name, number = f"{first}-{number}", number + 1
        named[name] = record
    return named
