"""``slipway preview``: progress while it works, then what was found."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from gate.core.checkout import ROOT
from gate.core.progress import told
from gate.evaluate.output_folder import INDEX, shown
from gate.evaluate.preview import Options, Previewed, preview
from gate.evaluate.selection import selected
from gate.evaluate.unused_waivers import unused_waivers
from gate.render.origins import Origins
from gate.render.terminal import show
from gate.report.report import EXIT_CODES, MEANINGS

ERROR = EXIT_CODES["error"]


def run(
    names: Sequence[str],
    today: date,
    *,
    with_checkov: bool,
    output: Path,
    organisation: Path | None = None,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
) -> int:
    """Preview, print, and return the exit code: the worst of all stacks."""
    console, progress = Console(width=None if sys.stdout.isatty() else 160), Console(stderr=True)
    options = Options(
        today=today,
        with_checkov=with_checkov,
        output=output.resolve(),
        organisation=(organisation or ROOT).resolve(),
        selection=selected(only, skip),
    )
    with told(progress, "reading stacks") as tell:
        previews = preview(names, options, tell)
    details = len(names) == 1
    for done in previews:
        if done.report is not None:
            shows_all = details and done.stack == names[0]
            show(done.report, console, details=shows_all, origins=Origins(done.stack, options.organisation))
        else:
            console.print(done.problem, style="red", markup=False, highlight=False, soft_wrap=True)
    unused = unused_waivers(previews, options)
    for line in unused:
        console.print(line, style="red", markup=False, highlight=False, soft_wrap=True)
    code = max([_code(p) for p in previews] + ([ERROR] if unused else [0]))
    if any(done.report is not None for done in previews):
        console.print(MEANINGS, style="dim", highlight=False, markup=False, soft_wrap=True)
        console.print(
            f"reports: {shown(options.output)}/STACK/report.html, report.md, report.json, report.sarif, state.json",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        console.print(
            f"all stacks: {shown(options.output / INDEX)}", highlight=False, markup=False, soft_wrap=True
        )
    return code


def _code(done: Previewed) -> int:
    return ERROR if done.report is None else EXIT_CODES[done.report.verdict]
