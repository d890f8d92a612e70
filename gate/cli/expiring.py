"""``slipway expiring``: what ends soon: accepted findings, models in service, licence reviews."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.markdown import cell
from gate.evaluate.apply_waivers import load_waivers
from gate.pull_request.github import put_issue
from gate.render.json_text import as_json
from policies.engine.waiver import Waiver
from releases.load import LoadedRelease, ReleaseError, load_releases

FORMATS = ("text", "json", "markdown")


@dataclass(frozen=True, kw_only=True, order=True)
class End:
    """Something with a last day. ``days`` are what is left of it; below zero it is over."""

    ends: date
    kind: str
    name: str
    owner: str
    what: str
    days: int


def ends(
    waivers: Mapping[str, Waiver],
    releases: Mapping[str, Mapping[str, LoadedRelease]],
    today: date,
    within: int,
) -> list[End]:
    """Everything that ends within so many days, or has ended, the next to end first."""
    latest = today + timedelta(days=within)
    found = [*_of_waivers(waivers, today), *_of_releases(releases, today)]
    return sorted(end for end in found if end.ends <= latest)


def _of_waivers(waivers: Mapping[str, Waiver], today: date) -> Iterator[End]:
    for name, waiver in waivers.items():
        yield End(
            ends=waiver.expires,
            kind="waiver",
            name=name,
            owner=waiver.owner,
            what=f"{waiver.rule}, {waiver.on}",
            days=(waiver.expires - today).days,
        )


def _of_releases(releases: Mapping[str, Mapping[str, LoadedRelease]], today: date) -> Iterator[End]:
    for loaded in (version for versions in releases.values() for version in versions.values()):
        sunset, review = loaded.state.sunset, loaded.state.licence_review
        held = [("sunset", sunset.ends, sunset.reason)] if sunset is not None else []
        if review is not None and review.until is not None:
            held.append(("licence review", review.until, loaded.release.licence.name))
        for kind, last, what in held:
            yield End(
                ends=last,
                kind=kind,
                name=f"{loaded.release.model} {loaded.release.version}",
                owner=loaded.release.owner,
                what=what,
                days=(last - today).days,
            )


def run(today: date, within: int, form: str, console: Console, root: Path = ROOT) -> None:
    """Print what ends soon in this checkout; as Markdown nothing at all where nothing does.

    Raises:
        GateError: waivers or releases are wrong.
    """
    found = _all(today, within, root)
    if form == "json":
        console.file.write(as_json([{**asdict(e), "ends": e.ends.isoformat()} for e in found]))
    elif form == "markdown":
        console.file.write(as_markdown(found))
    else:
        table = Table("ends", "left", "kind", "name", "owner", "what", box=None, pad_edge=False)
        for e in found:
            row = (str(e.ends), _left(e), e.kind, e.name, e.owner, e.what)
            table.add_row(*(Text(text, overflow="fold") for text in row), style="red" if e.days < 0 else "")
        if found:
            console.print(table)
        else:
            console.print(f"nothing ends within {within} days", highlight=False)


def keep_issue(title: str, today: date, within: int, root: Path = ROOT) -> str:
    """Keep one issue on GitHub that lists what ends soon, and close it when nothing does; what was done.

    Raises:
        GateError: waivers or releases are wrong, or GitHub cannot be asked.
    """
    if not title.strip():
        raise GateError("--issue: should be the title of an issue (got nothing)")
    return put_issue(title, as_markdown(_all(today, within, root)))


def _all(today: date, within: int, root: Path) -> list[End]:
    try:
        releases = load_releases(root / "releases" / "models")
    except ReleaseError as error:
        raise GateError(str(error)) from None
    return ends(load_waivers(root / "policies" / "waivers.yaml"), releases, today, within)


def as_markdown(found: Sequence[End]) -> str:
    """A table for an issue; empty if there is nothing to say, so that nobody opens one."""
    if not found:
        return ""
    rows = [
        f"| {e.ends} | {_left(e)} | {e.kind} | {cell(e.name)} | {cell(e.owner)} | {cell(e.what)} |"
        for e in found
    ]
    heading = ["| ends | left | kind | name | owner | what |", "|---|---|---|---|---|---|"]
    return "\n".join([*heading, *rows, ""])


def _left(found: End) -> str:
    return "over" if found.days < 0 else f"{found.days} days"
