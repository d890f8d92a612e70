"""A difference as text for a terminal."""

from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.core.printable import printable
from gate.difference.lengths import cut
from gate.difference.markdown import KINDS, WORDS, before, happens, headline, notes, sections
from gate.difference.record import Difference, StackDifference

_COLOURS: Final = {"pass": "green", "fail": "red", "error": "magenta", "": "yellow"}
_GAINED: Final = {"Permissions gained", "What becomes reachable"}


def show(difference: Difference, console: Console) -> None:
    """Print a difference: what it comes to, then what matters of each stack, then all verdicts in a table."""
    said, colour = headline(difference), _COLOURS[difference.verdict]
    console.print(Text(said.partition(" ")[2], f"bold {colour}"), soft_wrap=True)
    console.print(_text(f"{difference.head} against {difference.base}", "dim"), soft_wrap=True)
    for problem in difference.problems:
        console.print(_text(problem, "red"), soft_wrap=True)
    for note in difference.notes:
        console.print(_text(note, "yellow"), soft_wrap=True)
    for note in notes(difference):
        console.print(_text(note, "red"), soft_wrap=True)
    for stack in difference.stacks:
        if not stack.is_empty:
            _show_stack(stack, console)
    if difference.stacks:
        console.print(_table(difference))


def _text(value: str, style: str = "") -> Text:
    return Text(cut(printable(value)), style)


def _show_stack(stack: StackDifference, console: Console) -> None:
    console.print(
        Text.assemble(
            (f"stack {printable(stack.stack)}: ", "bold"), (WORDS[stack.verdict], _COLOURS[stack.verdict])
        ),
        soft_wrap=True,
    )
    if stack.problem:
        console.print(_text(f"  {stack.problem}", "yellow"), soft_wrap=True)
    for r in stack.resources:
        if r.endangers:
            said = f"  at risk: {r.endangers}: {r.type} {r.was or r.name} is {happens(r)}"
            console.print(_text(said, "bold red"), soft_wrap=True)
    for word, style, found in (
        ("new", "red", stack.new_findings),
        ("not decided any more:", "yellow", stack.undecided),
        ("newly waived", "yellow", stack.waived_findings),
        ("mended", "green", stack.fixed_findings),
    ):
        for f in found:
            place = f["urn"].rpartition("::")[2]
            said = f"  {word} {f['level']} {f['rule']}: {place}: {f['message']}"
            console.print(_text(said, style), soft_wrap=True)
    for heading, lines in sections(stack):
        console.print(Text(f"  {heading}", "bold"))
        for line in lines:
            console.print(_text(f"    {line}", "yellow" if heading in _GAINED else ""), soft_wrap=True)


def _table(difference: Difference) -> Table:
    """One row a stack: its verdict on both sides, and how many resources do what."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("stack", "now", "before"):
        table.add_column(heading)
    used = [kind for kind in KINDS if any(s.of_kind(kind) for s in difference.stacks)]
    for kind in used:
        table.add_column(kind, justify="right")
    for s in difference.stacks:
        counts = [str(len(s.of_kind(kind))) for kind in used]
        table.add_row(_text(s.stack), Text(WORDS[s.verdict], _COLOURS[s.verdict]), before(s), *counts)
    return table
