"""``slipway preview --as-first-preview``: what would be undecided before anything exists. Writes no report."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from gate.capture.chosen import chosen
from gate.core.checkout import ROOT
from gate.core.subprocess_runner import apart
from gate.evaluate.first_preview import FirstPreview, first_previews
from stacks.load import Stack


def run(names: Sequence[str], organisation: Path | None = None) -> int:
    """Print both views; 1 where a finding would have been missed in silence."""
    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    found = apart(_both_views, chosen(names, (organisation or ROOT).resolve()))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in ("stack", "resources", "values not known", "verdicts", "decided", "undecided", "missed"):
        table.add_column(column, justify="left" if column == "stack" else "right")
    for one in found:
        figures = (one.resources, one.unknown, one.verdicts, one.decided, len(one.undecided), len(one.missed))
        table.add_row(one.stack, *map(str, figures))
    console.print(table)
    told: dict[tuple[str, str], list[str]] = {}
    for one in found:
        for style, line in _lines(one):
            told.setdefault((style, line), []).append(one.stack)
    for (style, line), stacks in told.items():
        console.print(f"{line} ({', '.join(stacks)})", style=style, markup=False, soft_wrap=True)
    console.print(
        "Undecided is red in a report, so nothing passes by being unknown; the gate itself knows these values."
    )
    return 1 if any(one.missed for one in found) else 0


def _both_views(stacks: Sequence[Stack]) -> list[FirstPreview]:
    return list(first_previews(stacks))


def _lines(one: FirstPreview) -> Iterator[tuple[str, str]]:
    """Alike in several stacks, told once."""
    for undecided in one.undecided:
        yield "", f"undecided: {undecided.rule}: {one.labels[undecided.urn]}: {undecided.message}"
    for label in one.unseen:
        yield "yellow", f"not there: {label}: it is only made once an output is known"
    for finding in one.missed:
        label = one.labels.get(finding.urn, finding.urn)
        yield "red", f"missed: {finding.rule}: {label}: {finding.message}"
