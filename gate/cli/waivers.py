"""``slipway waivers``: accepted findings by their end."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.markdown import cell
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.draft_waivers import Acceptance, drafts, stack_of
from gate.render.json_text import as_json
from policies.engine.waiver import Waiver

FILE = ROOT / "policies" / "waivers.yaml"
FORMATS = ("text", "json", "markdown")


@dataclass(frozen=True, kw_only=True)
class Ending:
    """A waiver and the days it has left; below zero it has expired."""

    name: str
    waiver: Waiver
    days: int


def ending(waivers: Mapping[str, Waiver], today: date) -> list[Ending]:
    """Waivers by their end, the next one first."""
    found = [Ending(name=n, waiver=w, days=(w.expires - today).days) for n, w in waivers.items()]
    return sorted(found, key=lambda e: (e.waiver.expires, e.name))


def run(today: date, form: str, console: Console) -> None:
    """Print the waivers of this checkout.

    Raises:
        GateError: the file of waivers is wrong.
    """
    found = ending(load_waivers(FILE), today)
    if form == "json":
        console.file.write(as_json([_data(e) for e in found]))
    elif form == "markdown":
        console.file.write(as_markdown(found))
    else:
        table = Table("ends", "left", "waiver", "owner", "rule", "resource", box=None, pad_edge=False)
        for e in found:
            row = (str(e.waiver.expires), _left(e), e.name, e.waiver.owner, e.waiver.rule, e.waiver.on)
            table.add_row(*(Text(text, overflow="fold") for text in row), style="red" if e.days < 0 else "")
        if found:
            console.print(table)
        else:
            console.print("no waivers", highlight=False)


def draft(
    path: Path, rules: Sequence[str], resources: Sequence[str], accepted: Acceptance, *, write: bool
) -> None:
    """Print records for open findings of a report, or add them to the waivers of this checkout.

    Raises:
        GateError: the report cannot be read, nothing matches, or a record would be refused.
    """
    try:
        report = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise GateError(f"{path}: cannot be read: {error}") from None
    subject = stack_of(report)
    if not accepted.stacks:
        accepted = replace(accepted, stacks=[subject] if subject else ["all"])
    text = drafts(report, rules, resources, accepted, list(load_waivers(FILE)))
    if not write:
        sys.stdout.write(text)
        return
    with FILE.open("a", encoding="utf-8") as file:
        file.write(text)
    load_waivers(FILE)
    sys.stdout.write(
        f"added {text.count('created: ')} waivers to policies/{FILE.name}: read them before the commit\n"
    )


def as_markdown(found: Sequence[Ending]) -> str:
    """A table, empty if there is nothing to say."""
    if not found:
        return ""
    rows = [
        f"| {e.waiver.expires} | {_left(e)} | {cell(e.name)} | {cell(e.waiver.owner)} "
        f"| {cell(e.waiver.rule)} | {cell(e.waiver.on)} |"
        for e in found
    ]
    return "\n".join(
        ["| ends | left | waiver | owner | rule | resource |", "|---|---|---|---|---|---|", *rows, ""]
    )


def _left(found: Ending) -> str:
    return "expired" if found.days < 0 else f"{found.days} days"


def _data(found: Ending) -> dict[str, object]:
    return {"name": found.name, "days": found.days, **found.waiver.model_dump(mode="json", exclude_none=True)}
