"""A report in the terminal: tree by component, permissions, ways in, findings with their fix, what was not seen."""

from collections import Counter

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
    summary = report.summary
    console.print(
        f"{escape(one_line(report.subject))}: {_MARK[report.verdict]}  "
        f"{summary['resources']} resources, {summary['decided']} verdicts, "
        f"{summary['mandatory_findings']} mandatory findings, {summary['advisory_findings']} advisory, "
        f"{summary['waived']} waived, {summary['undecided']} undecided",
        highlight=False,
        soft_wrap=True,
    )
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
        _permissions(report, console)
        _exposures(report, console)
        _traffic(report, console)
        _starts(report, console)
        _machines(report, console)
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


def _not_seen(report: Report, console: Console) -> None:
    console.print(f"not seen ({len(report.not_seen)})", style="italic")
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


def _permissions(report: Report, console: Console) -> None:
    if not report.permissions:
        return
    table = Table(title="permissions", title_justify="left", box=None, pad_edge=False)
    for heading in ("identity", "", "actions", "on"):
        table.add_column(heading, overflow="fold")
    for p in report.permissions:
        may = "must not" if p.denied else "may"
        table.add_row(
            escape(one_line(p.identity)),
            may,
            escape(one_line(_few(p.actions))),
            escape(one_line(_few(p.resources))),
        )
    console.print(table)


def _few(values: tuple[str, ...], most: int = 4) -> str:
    rest = len(values) - most
    return ", ".join(values[:most]) + (f" and {rest} more" if rest > 0 else "")


def _exposures(report: Report, console: Console) -> None:
    if not report.exposures:
        return
    table = Table(title="ways in", title_justify="left", box=None, pad_edge=False)
    for heading in ("what", "from", "how"):
        table.add_column(heading, overflow="fold")
    for e in report.exposures:
        table.add_row(escape(one_line(e.what)), escape(one_line(e.source)), escape(one_line(e.detail)))
    console.print(table)


def _traffic(report: Report, console: Console) -> None:
    if not report.traffic:
        return
    table = Table(title="traffic", title_justify="left", box=None, pad_edge=False)
    for heading in ("model", "what answers"):
        table.add_column(heading, overflow="fold")
    for t in report.traffic:
        table.add_row(escape(one_line(t.model)), escape(one_line(t.words)))
    console.print(table)


def _starts(report: Report, console: Console) -> None:
    if not report.starts:
        return
    table = Table(title="how models start", title_justify="left", box=None, pad_edge=False)
    for heading in ("model", "what"):
        table.add_column(heading, overflow="fold")
    for s in report.starts:
        table.add_row(escape(one_line(s.model)), escape(one_line(s.what)))
    console.print(table)


def _machines(report: Report, console: Console) -> None:
    if not report.capacity.pools:
        return
    table = Table(title="machines", title_justify="left", box=None, pad_edge=False)
    for heading in ("pool", "machines", "what that means"):
        table.add_column(heading, overflow="fold")
    for pool in report.capacity.pools:
        said = (pool.sum.pool, pool.machines, "; ".join(pool.words))
        table.add_row(*(escape(one_line(text)) for text in said))
    console.print(table)
