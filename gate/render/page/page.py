"""The page: verdict first, then drawings, then what a reviewer looks things up in. It asks nobody for anything."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from gate.render.page.architecture import architecture, parts
from gate.render.page.environment import environment
from gate.render.page.flow_groups import flow_groups
from gate.render.page.identities import holders
from gate.render.page.talks import talks
from gate.render.page.versions import versions
from gate.render.picture.svg import PICTURE, in_page
from gate.report.callers import NOBODY
from gate.report.report import Exposure, Report
from policies.engine.waiver import Waiver

if TYPE_CHECKING:  # its import brings Pulumi's, which judging files of others can do without
    from gate.report.agent_card import AgentCard

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


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands beside a report: models and agents that have pages, and the page of controls and rules."""

    models: Collection[str] = ()
    agents: "Sequence[AgentCard]" = ()
    has_compliance: bool = False


ALONE: Final = Beside()


def as_html(report: Report, waivers: Mapping[str, Waiver], beside: Beside = ALONE) -> str:
    """The report as one HTML file that needs no other.

    Args:
        report: what to show.
        waivers: those of the stack.
        beside: the pages it leads to.
    """
    made = environment()
    labels = {r.urn: r.label for r in report.resources}
    outermost, flows = parts(report), report.flows
    return made.get_template("report.html.j2").render(
        report=report,
        summary=report.summary,
        label=lambda urn: labels.get(urn, urn),
        parts=outermost,
        architecture=architecture(report, outermost),
        flow_groups=flow_groups(flows),
        callers=_callers(report),
        picture_across=in_page(report.picture, down=False, title=PICTURE),
        picture_down=in_page(report.picture, down=True, title=PICTURE),
        holders=holders(report.permissions),
        talks=talks(flows),
        waivers=_by_expiry(report, waivers),
        versions=versions(report),
        pages=beside.models,
        agents=beside.agents,
        has_compliance=beside.has_compliance,
    )


def _callers(report: Report) -> Mapping[str, Sequence[Exposure]]:
    """The ways in that a model's list of callers names, by model."""
    found: dict[str, list[Exposure]] = {said.model: [] for said in report.traffic}
    for way in report.exposures:
        model = way.what.removeprefix("model ")
        if way.caller and model != way.what and way.caller != NOBODY:
            found.setdefault(model, []).append(way)
    return found


def _by_expiry(report: Report, waivers: Mapping[str, Waiver]) -> Sequence[Accepted]:
    used = Counter(f.waiver.partition(" (")[0] for f in report.waived_findings)
    today = date.fromisoformat(report.judged_on)
    return [
        Accepted(name=name, record=waiver, days=(waiver.expires - today).days, excuses=used[name])
        for name, waiver in sorted(waivers.items(), key=lambda item: (item[1].expires, item[0]))
    ]
