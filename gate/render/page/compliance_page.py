"""Where a stack stands with controls and rules: a page, and two tables for those who keep them elsewhere."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from gate.render.page.environment import environment
from gate.report.compliance import CONTROL_STATES, Compliance
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.controls import tags_of

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula (OWASP, "CSV Injection", read 2026-11)."""
_KNOWN: Final = {rule.id: rule for rule in RULES}


def compliance_page(found: Compliance, report: Report) -> str:
    """Controls by framework, then every rule with what it looked at."""
    return (
        environment()
        .get_template("compliance.html.j2")
        .render(found=found, report=report, states=CONTROL_STATES, known=_KNOWN, tags_of=tags_of)
    )


def controls_csv(found: Compliance) -> str:
    """A row for each control."""
    head = (
        "framework",
        "control",
        "asks",
        "state",
        "rules",
        "resources",
        "kinds",
        "waived by",
        "missing, or why",
    )
    return _table(
        head,
        (
            (
                one.framework,
                one.control,
                one.title,
                one.state,
                "; ".join(f"{rule.rule}: {rule.state}" for rule in one.rules),
                str(one.looked_at),
                _kinds(one.kinds),
                "; ".join(one.waivers),
                one.said,
            )
            for held in found.frameworks.values()
            for one in held
        ),
    )


def rules_csv(found: Compliance) -> str:
    """A row for each rule, with the name of everything it looked at."""
    head = ("rule", "level", "state", "resources", "open", "waived by", "controls", "looked at")
    return _table(
        head,
        (
            (
                one.rule,
                _KNOWN[one.rule].level if one.rule in _KNOWN else "mandatory",
                one.state,
                str(len(one.looked_at)),
                str(one.open),
                "; ".join(one.waivers),
                "; ".join(tags_of(one.rule)),
                "; ".join(resource.name for resource in one.looked_at),
            )
            for one in found.rules
        ),
    )


def _kinds(kinds: Sequence[tuple[str, int]]) -> str:
    return "; ".join(f"{count} {kind}" for kind, count in kinds)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
