"""``slipway status``: what of a stack answers now, beside what its files say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gate.cli.budget import budgets
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.live.command import status as asked
from gate.render.json_text import as_json
from releases.load import ReleaseError, load_releases

FORMATS: Final = ("text", "json")


def run(stack: str, prometheus: str | None, form: str, organisation: Path | None, console: Console) -> bool:
    """Print it; whether every declared version runs as declared, and nothing else does.

    Raises:
        GateError: the stack cannot be built, or the cluster could not be asked.
    """
    said = dict(asked(stack, organisation))
    models = sorted({one["version"].partition("/")[0] for one in said["versions"] if one["declared"]})
    said["budgets"] = {model: _budget(model, prometheus) for model in models}
    said["records"] = _record_events(models, organisation)
    if form == "json":
        console.file.write(as_json({"stack": stack, **said}))
    else:
        _show(stack, said, console)
    return all(not problems(one) for one in said["versions"])


def problems(one: Mapping[str, Any]) -> list[str]:
    """What of a version is not as declared."""
    found = []
    if not one["declared"]:
        return ["no stack file declares it"]
    if not one["runs"]:
        return ["does not run"]
    if not one["digest_as_recorded"]:
        found.append("runs another digest than its record's")
    if one["declared_share"] != one["share"]:
        found.append(f"declared share {_percent(one['declared_share'])}")
    if one["share"] and not one["pods_ready"]:
        found.append("has a share and no ready pod")
    return found


def _budget(model: str, prometheus: str | None) -> list[dict[str, Any]] | str:
    if prometheus is None:
        return "not asked (--prometheus)"
    try:
        return [
            {"objective": one.objective, "target": one.target, "remaining": one.remaining}
            for one in budgets(model, prometheus)
        ]
    except GateError as error:
        return str(error)


def _record_events(models: list[str], organisation: Path | None) -> list[dict[str, str]]:
    """The last event of each model's records, as they stand in this checkout."""
    try:
        releases = load_releases((organisation or ROOT).resolve() / "releases" / "models")
    except ReleaseError as error:
        raise GateError("the releases cannot be read:", error.problems) from None
    found = [
        (str(event.date), f"{loaded.release.model}/{loaded.release.version}", event.kind, event.who)
        for model in models
        for loaded in releases.get(model, {}).values()
        for event in loaded.events
    ]
    return [
        {"date": day, "version": version, "kind": kind, "who": who}
        for day, version, kind, who in sorted(found, reverse=True)[:10]
    ]


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.4g}%"


def _show(stack: str, said: Mapping[str, Any], console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("version", "share", "pods ready", "as declared"):
        table.add_column(heading, overflow="fold")
    for one in said["versions"]:
        wrong = problems(one)
        table.add_row(
            escape(one["version"]),
            _percent(one["share"]),
            f"{one['pods_ready']} of {one['pods']}",
            escape("; ".join(wrong)) or "yes",
            style="red" if wrong else None,
        )
    console.print(f"stack {stack}", style="bold", markup=False)
    console.print(table)
    for model, left in said["budgets"].items():
        words = (
            left
            if isinstance(left, str)
            else ", ".join(
                f"{one['objective']} {100 * one['remaining']:.1f}%{' spent' if one['remaining'] <= 0 else ''}"
                for one in left
            )
        )
        console.print(f"budget left of {model}: {words}", markup=False, highlight=False, soft_wrap=True)
    for one in said["records"][:5]:
        console.print(
            f"record {one['date']} {one['version']}: {one['kind']} ({one['who']})",
            markup=False,
            highlight=False,
        )
    for one in said["events"]:
        console.print(
            f"event {one['when']} {one['type']} {one['object']}: {one['reason']} {one['message']}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
