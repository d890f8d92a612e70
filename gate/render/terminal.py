"""A report in the terminal: components, permissions, entry points, findings with their fix, what was not evaluated."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from gate.core.printable import one_line
from gate.render.origins import Origins
from gate.render.places import Places
from gate.report.report import Report

_MARK = {
    "pass": "[bold green]passes[/]",
    "fail": "[bold red]fails[/]",
    "error": "[bold magenta]could not be judged[/]",
}


def show(report: Report, console: Console, *, details: bool, origins: Origins | None = None) -> None:
    """Print a report; without ``details`` only what needs an answer and the counts.

    ``origins`` are the lines of the stack it is of.
    """
    _verdict(report, console)
    if report.left_out:
        _line(
            console,
            f"left out by --only or --skip ({len(report.left_out)})",
            ", ".join(report.left_out),
            "yellow",
        )
    for fault in report.faults:
        _line(console, "fault", fault, "magenta")
    if details:
        _tree(report, console)
        _tables(report, console)
    labels, places = {r.urn: r.label for r in report.resources}, Places(report, origins)
    for finding in report.open_findings:
        style = "red" if finding.level == "mandatory" else "yellow"
        _line(
            console,
            f"{finding.level} {finding.rule}",
            f"{labels.get(finding.urn, finding.urn)}: {finding.message}",
            style,
        )
        _at(console, places.first(finding))
        if finding.witnesses:
            _line(console, "  also found by", ", ".join(finding.witnesses), "dim")
        if finding.fix:
            _line(console, "  fix", finding.fix, "dim")
    for missing in report.undecided:
        _line(
            console,
            f"undecided {missing.rule}",
            f"{labels.get(missing.urn, missing.urn)}: {missing.message}",
            "yellow",
        )
        _at(console, places.first(missing))
    if details:
        _not_seen(report, console)
        _verdict(report, console)  # again: the first one is some screens above


def _verdict(report: Report, console: Console) -> None:
    summary = report.summary
    console.print(
        f"{escape(one_line(report.subject))}: {_MARK[report.verdict]}  "
        f"{summary['resources']} resources, {summary['decided']} verdicts, "
        f"{summary['mandatory_findings']} mandatory findings, {summary['advisory_findings']} advisory, "
        f"{summary['waived']} waived, {summary['undecided']} undecided",
        highlight=False,
        soft_wrap=True,
    )


def _not_seen(report: Report, console: Console) -> None:
    console.print(f"not evaluated ({len(report.not_seen)}), by the reason", style="italic")
    for why, things in report.not_seen_by_reason.items():
        _line(console, f"{why} ({len(things)})", "; ".join(things), "bold")


def _at(console: Console, place: str) -> None:
    if place:
        _line(console, "  at", place, "dim")


def _line(console: Console, head: str, body: str, style: str) -> None:
    console.print(
        Text.assemble((f"  {one_line(head)}: ", style), one_line(body)), soft_wrap=True, highlight=False
    )


def _tree(report: Report, console: Console) -> None:
    root = Tree("components")
    groups: dict[str, Counter[str]] = {}
    for resource in report.resources:
        if resource.custom:
            groups.setdefault(report.components.get(resource.urn, resource.name), Counter())[
                _short(resource.type)
            ] += 1
    for component in sorted(groups):
        kinds = ", ".join(f"{n} {kind}" if n > 1 else kind for kind, n in sorted(groups[component].items()))
        root.add(Text.assemble((one_line(component), "bold"), f"  {one_line(kinds)}"))
    console.print(root, soft_wrap=True, highlight=False)


def _short(type_: str) -> str:
    return type_.rpartition(":")[2]


def _few(values: tuple[str, ...], most: int = 4) -> str:
    rest = len(values) - most
    return ", ".join(values[:most]) + (f" and {rest} more" if rest > 0 else "")


def _table(console: Console, title: str, headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A table, unless it would be empty."""
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(one_line(cell)) for cell in row))
    if table.row_count:
        console.print(table)


def _tables(report: Report, console: Console) -> None:
    permissions = (
        (p.identity, "must not" if p.denied else "may", _few(p.actions), _few(p.resources))
        for p in report.permissions
    )
    ways = ((e.what, e.source, e.detail) for e in report.exposures)
    machines = ((p.sum.pool, p.machines, "; ".join(p.words)) for p in report.capacity.pools)
    _table(console, "permissions", ("identity", "", "actions", "on"), permissions)
    _table(console, "entry points", ("what", "from", "how"), ways)
    _table(console, "traffic", ("model", "what answers"), ((t.model, t.words) for t in report.traffic))
    _table(console, "how models start", ("model", "what"), ((s.model, s.what) for s in report.starts))
    _table(console, "machines", ("pool", "machines", "what that means"), machines)
