"""``slipway cost``: what a stack costs a month, without judging it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gate.capture.chosen import chosen
from gate.capture.stacks import capture_stack
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.subprocess_runner import apart
from gate.evaluate.billing import cost_of
from gate.render.json_text import as_json
from gate.render.markdown import cost_as_markdown
from gate.report.cost import Cost, of_line, usd
from policies.analysis.charts.joined import joined
from policies.engine.graph import Graph, Resource
from policies.engine.normalize import respelled
from stacks.load import Stack

FORMATS: Final = ("text", "json", "markdown")
_OTHER: Final = {"lean": "standard", "standard": "lean"}


def run(stack: str, form: str, organisation: Path | None, console: Console) -> None:
    """Print the cost of one stack; the stacks it stands on are built for the machines they have.

    Raises:
        GateError: the stack does not exist, cannot be built, or costs nothing that is known.
    """
    found, other = apart(_cost, stack, (organisation or ROOT).resolve())
    if found is None:
        raise GateError(f"stack {stack}: has nothing that is billed by the hour, and no machines")
    if form == "json":
        console.file.write(as_json({"stack": stack, **found.as_data(), "other_profile": other}))
    elif form == "markdown":
        console.file.write(cost_as_markdown(found, f"stack {stack}") + _said(found, other, "\n{}\n"))
    else:
        _show(stack, found, console)
        console.print(_said(found, other, "{}"), highlight=False, markup=False, soft_wrap=True)


def _said(found: Cost, other: Mapping[str, Any] | None, form: str) -> str:
    if not other:
        return ""
    more = other["floor"] - found.bill.floor
    return form.format(
        f"network.cost {found.profile}: idle it would be {usd(other['floor'])} with {other['profile']} "
        f"({'+' if more >= 0 else '-'}{usd(abs(more))} a month)"
    )


def _cost(name: str, organisation: Path) -> tuple[Cost | None, Mapping[str, Any] | None]:
    """The cost of a stack, and its floor with the other profile of its network."""
    exports: dict[str, Mapping[str, Any]] = {}
    above: list[Resource] = []
    stacks = chosen([name], organisation)
    graph = Graph(())
    for stack in stacks:
        captured = capture_stack(stack, exports)
        exports[stack.name] = captured.exports
        declared = Graph(sorted(captured.graph, key=lambda r: r.urn), (*captured.graph.elsewhere, *above))
        graph = joined(Graph(map(respelled, declared), declared.elsewhere))
        above = [*above, *graph.resources]
    found = cost_of(graph, stacks[-1])
    return found, _with_other_profile(stacks[-1], exports, found)


def _with_other_profile(
    stack: Stack, exports: Mapping[str, Mapping[str, Any]], found: Cost | None
) -> Mapping[str, Any] | None:
    """The same stack built once more with the other ``network.cost``; nothing where it has no network of its own."""
    network = stack.settings.network
    if network is None or network.existing or found is None:
        return None
    profile = _OTHER[network.cost]
    raw = {**stack.raw, "network": {**(stack.raw.get("network") or {}), "cost": profile}}
    captured = capture_stack(replace(stack, raw=raw), exports)
    graph = joined(Graph(map(respelled, sorted(captured.graph, key=lambda r: r.urn))))
    other = cost_of(graph, stack)
    return {"profile": profile, "floor": round(other.bill.floor, 2)} if other else None


def _show(stack: str, found: Cost, console: Console) -> None:
    bill = found.bill
    budget = f", budget {usd(found.budget)}" if found.budget else ""
    console.print(
        f"stack {stack}: {found.headline}{budget}  ({bill.region}, list prices read on {bill.read})",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    console.print(_table(found))
    for heading, said in (("no price", bill.unknown), ("billed by use", bill.by_use)):
        if said:
            console.print(f"{heading}: {'; '.join(said)}", highlight=False, markup=False, soft_wrap=True)
    for price in found.per_million:
        line = f"a million tokens of {price.whom}: {price.words}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for line in found.ways:
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _table(found: Cost) -> Table:
    """Planes, services, then each pool with its positions and who they are for."""
    bill = found.bill
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("for", overflow="fold")
    for heading in ("units", "least", "most"):
        table.add_column(heading, justify="right")
    table.add_row("platform plane", "", *map(usd, bill.of_plane("platform")), style="bold")
    table.add_row("data plane", "", *map(usd, bill.of_plane("data")), style="bold")
    for pool in ("", *bill.pools):
        if pool:
            table.add_row(escape(pool), "", *map(usd, bill.of_pool(pool)))
        for line in (x for x in bill.lines if x.pool == pool):
            indent = "  " if pool else ""
            table.add_row(indent + escape(line.what), of_line(line), usd(line.floor), usd(line.ceiling))
        for share in (x for x in bill.shares if x.pool == pool):
            table.add_row(f"  of it {escape(share.whom)}", "", usd(share.floor), usd(share.ceiling))
    return table
