"""``make mutate``: how many defects the rules notice; prints what they do not, and fails below 95 %.

What keeps the stacks safe is taken out, then what keeps ``dev`` running; each has its score. ``python -m tools.mutation
[--stack NAME] [--safe | --running]``: one stack only; one of both. Nothing is written.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table as Shown

from gate.capture.stacks import capture_stack
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from stacks.load import read_stack, stack_names
from tools.mutation.relevance import EXPLAINED, RUNNING, RUNNING_EXPLAINED, TABLE, Table
from tools.mutation.score import Outcome, chosen, outcomes

_LEAST: Final = 0.95
_WHOLE: Final = "dev"
_OPEN: Final = "Notices nobody"
"""How headings begin of what is lost unnoticed; under the others of ``running_explained.yaml`` nothing is lost."""


def graphs(names: Sequence[str]) -> dict[str, Graph]:
    """The committed stacks, captured as the gate does."""
    found = {}
    for name in names:
        stack = read_stack(name)
        exports = {}
        above = stack.upstream
        while above is not None:
            exports[above.name] = capture_stack(above, {}).exports
            above = above.upstream
        found[name] = capture_stack(stack, exports).graph
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the mutants; 1 where too few are noticed, one is unexplained, or an explanation explains nothing."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--stack", choices=stack_names(), action="append")
    one = parser.add_mutually_exclusive_group()
    one.add_argument(
        "--running", action="store_true", help="what keeps it running, and not what keeps it safe"
    )
    one.add_argument("--safe", action="store_true", help="what keeps it safe, and not what keeps it running")
    asked = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 120, highlight=False)
    codes = []
    if not asked.running:
        codes.append(_score(console, asked.stack or stack_names(), running=False, complete=not asked.stack))
    if not asked.safe:
        # All in one: it has every part that another stack has, and the table is read on it.
        codes.append(_score(console, asked.stack or [_WHOLE], running=True, complete=not asked.stack))
    return max(codes)


def _score(console: Console, names: Sequence[str], *, running: bool, complete: bool) -> int:
    captured = graphs(names)
    for name, graph in captured.items():
        said = judge(graph, ALL)
        red = sorted({one.rule for one in (*said.findings, *said.undecided, *said.faults)})
        if red:
            console.print(
                f"{name} is not green before anything is taken out: {', '.join(red)}", soft_wrap=True
            )
            return 1
    table = RUNNING if running else TABLE
    relevant, places = chosen(captured, Table(table))
    console.print(
        f"{places} properties and resources of {' and '.join(names)} can be taken out or turned round;"
    )
    kept = "running" if running else "safe"
    console.print(f"{len(relevant)} different ones keep a stack {kept} (tools/mutation/{table.name}).")
    judged = list(outcomes(captured, relevant))
    console.print(
        f"{len(relevant) - len(judged)} of them the API itself refuses; {len(judged)} are judged.\n"
    )
    _print(console, "what is lost", ((o.heading, o) for o in judged))
    _print(console, "component", ((o.component, o) for o in judged))
    _print_rules(console, judged)
    return _verdict(console, judged, RUNNING_EXPLAINED if running else EXPLAINED, kept, complete=complete)


def _print(console: Console, title: str, rows: Iterable[tuple[str, Outcome]]) -> None:
    killed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for name, outcome in rows:
        total[name] += 1
        killed[name] += outcome.is_killed
    table = Shown(title, "noticed", "of", "%", box=None, header_style="bold", pad_edge=False)
    for name in sorted(total):
        share = f"{100 * killed[name] / total[name]:.0f}"
        table.add_row(name, str(killed[name]), str(total[name]), share)
    console.print(table)
    console.print()


def _print_rules(console: Console, judged: Sequence[Outcome]) -> None:
    by_rule = Counter(rule for outcome in judged for rule in outcome.rules)
    table = Shown("rule", "noticed", box=None, header_style="bold", pad_edge=False)
    for rule, count in sorted(by_rule.items(), key=lambda item: (-item[1], item[0])):
        table.add_row(rule, str(count))
    console.print(table)
    console.print()


def _verdict(console: Console, judged: Sequence[Outcome], table: Path, kept: str, *, complete: bool) -> int:
    """1 where too few are noticed, one is unexplained, or an explanation explains nothing.

    Of what keeps a stack running, what loses nothing is told apart and not counted: each heading says why.
    """
    explained = Table(table)
    survivors = Counter((explained.heading(o.mutant), _shown(o)) for o in judged if not o.is_killed)
    for heading in [*explained.headings, ""]:
        these = sorted((line, count) for (of, line), count in survivors.items() if of == heading)
        if these:
            console.print(f"[bold]{heading or 'NOT EXPLAINED'}[/bold]")
        for line, count in these:
            console.print(
                f"  {line}{f' ({count} places)' if count > 1 else ''}", markup=False, soft_wrap=True
            )
    found = {heading for heading, _ in survivors}
    idle = [heading for heading in explained.headings if heading not in found] if complete else []
    for heading in idle:
        console.print(f"explains nothing any more: {heading}", style="red", markup=False)
    killed = sum(outcome.is_killed for outcome in judged)
    idle_ones = sum(
        count
        for (heading, _), count in survivors.items()
        if table == RUNNING_EXPLAINED and heading and not heading.startswith(_OPEN)
    )
    counted = len(judged) - idle_ones
    score = killed / counted
    aside = f"; {idle_ones} more lose nothing" if idle_ones else ""
    console.print(
        f"\nmutation score of what keeps a stack {kept}: {100 * score:.1f} % "
        f"({killed} of {counted}; at least {100 * _LEAST:.0f} %{aside})\n"
    )
    return 0 if score >= _LEAST and "" not in found and not idle else 1


def _shown(outcome: Outcome) -> str:
    mutant = outcome.mutant
    return f"{mutant.type.rpartition(':')[2]} {mutant.name} {mutant.path or 'whole'}: {mutant.change}"


if __name__ == "__main__":
    sys.exit(main())
