"""``slipway judge``: the same rules on what others wrote."""

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from gate.capture.stacks import ROOT
from gate.checkov.opinion import not_asked
from gate.core.errors import GateError
from gate.core.folders import STDIN
from gate.evaluate.judgement import assess
from gate.evaluate.selection import selected
from gate.evaluate.waive import load_waivers
from gate.ingest.adapters import read_paths
from gate.render import formats as render
from gate.render.junit import as_junit
from gate.render.sarif import as_sarif
from gate.render.terminal import show
from gate.report.report import EXIT_CODES

FORMATS = ("text", "json", "markdown", "sarif", "junit")


def run(
    paths: Sequence[Path], today: date, form: str, only: Sequence[str] = (), skip: Sequence[str] = ()
) -> int:
    """Judge the files, print the report, return the exit code.

    Raises:
        GateError: a file cannot be judged, a pattern of rules fits none, or the format is unknown.
    """
    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    selection = selected(only, skip)
    graph = read_paths(paths)
    report, _ = assess(
        graph,
        subject=", ".join("standard input" if p == STDIN else str(p) for p in paths),
        stack="files",
        today=today,
        waivers=load_waivers(ROOT / "policies" / "waivers.yaml"),
        selection=selection,
        opinion=not_asked("not asked; judge applies our own rules and schemas"),
    )
    if form == "json":
        sys.stdout.write(render.as_json(report.as_data()))
    elif form == "markdown":
        sys.stdout.write(render.as_markdown(report))
    elif form == "sarif":
        sys.stdout.write(render.as_json(as_sarif(report)))
    elif form == "junit":
        sys.stdout.write(as_junit(report))
    else:
        show(report, Console(width=None if sys.stdout.isatty() else 160), details=True)
    return EXIT_CODES[report.verdict]
