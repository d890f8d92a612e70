"""The page: verdict first, then drawings, then what a reviewer looks things up in. It asks nobody for anything."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gate.core.printable import printable
from gate.render.page.architecture import architecture, parts
from gate.render.page.identities import holders
from gate.render.page.talks import talks
from gate.render.page.versions import versions
from gate.report.condition_words import in_words
from gate.report.cost import of_line, usd
from gate.report.report import Report
from policies.engine.waiver import Waiver

_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
SOON: Final = 30
"""Days before its end from which a waiver is shown as ending soon."""


@dataclass(frozen=True, kw_only=True)
class Accepted:
    """One waiver of this stack: the record, the days it has left, and what it excuses here."""

    name: str
    record: Waiver
    days: int
    excuses: int

    @property
    def state(self) -> str:
        """``expired``, ``soon`` or ``held``."""
        return "expired" if self.days < 0 else "soon" if self.days <= SOON else "held"


def as_html(report: Report, waivers: Mapping[str, Waiver]) -> str:
    """The report as one HTML file that needs no other; ``waivers`` are those of the stack."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )
    environment.filters |= {"in_words": in_words, "usd": usd, "units": of_line}
    environment.globals["text_of"] = lambda name: Markup((_TEMPLATES / name).read_text(encoding="utf-8"))  # noqa: S704 our own style and script
    labels = {r.urn: r.label for r in report.resources}
    outermost = parts(report)
    return environment.get_template("report.html.j2").render(
        report=report,
        summary=report.summary,
        label=lambda urn: labels.get(urn, urn),
        parts=outermost,
        architecture=architecture(report, outermost),
        # What can be reached from outside comes first: it has no port of the mesh.
        flows=sorted(report.flows, key=lambda flow: (bool(flow.port), flow)),
        holders=holders(report.permissions),
        talks=talks(report.flows),
        waivers=_by_expiry(report, waivers),
        versions=versions(report),
    )


def _shown(value: object) -> object:
    """What comes from files nobody here wrote cannot turn the direction of text or hide in it."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)


def _by_expiry(report: Report, waivers: Mapping[str, Waiver]) -> Sequence[Accepted]:
    used = Counter(f.waiver.partition(" (")[0] for f in report.waived_findings)
    today = date.fromisoformat(report.judged_on)
    return [
        Accepted(name=name, record=waiver, days=(waiver.expires - today).days, excuses=used[name])
        for name, waiver in sorted(waivers.items(), key=lambda item: (item[1].expires, item[0]))
    ]
