"""``slipway judge``: the same rules on what others wrote."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from gate.checkov.opinion import Opinion, not_asked
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.folders import STDIN
from gate.evaluate.apply_waivers import load_waivers
from gate.evaluate.judgement import assess
from gate.evaluate.preview_losses import losses
from gate.evaluate.selection import selected
from gate.ingest.adapters import read_paths
from gate.render.json_text import as_json
from gate.render.terminal import show
from gate.report.report import EXIT_CODES, Report
from policies.engine.graph import Graph
from policies.engine.rule import SEVERITIES, Severity
from policies.packs import PACKS, Pack

FORMATS = ("text", "json", "markdown", "sarif", "junit")


def run(
    paths: Sequence[Path],
    today: date,
    form: str,
    only: Sequence[str] = (),
    skip: Sequence[str] = (),
    *,
    fail_on: str = "high",
    pack: str = "portable",
    checkov: bool = False,
) -> int:
    """Judge the files by the rules of a pack, print the report, return the exit code.

    Raises:
        GateError: a file cannot be judged, a pattern of rules fits none, or the format, pack or severity is unknown.
    """
    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    weights: dict[str, Severity] = {word: word for word in SEVERITIES}
    if fail_on not in weights:
        raise GateError(f"--fail-on: should be {', '.join(SEVERITIES)} (got {fail_on!r})")
    packs: dict[str, Pack] = {name: name for name in PACKS}
    if pack not in packs:
        raise GateError(f"--pack: should be {', '.join(PACKS)} (got {pack!r})")
    selection = selected(only, skip, packs[pack])
    steps: list[Mapping[str, Any]] = []
    graph = read_paths(paths, steps)
    report, _ = assess(
        graph,
        subject=", ".join("standard input" if p == STDIN else str(p) for p in paths),
        stack="files",
        today=today,
        waivers=load_waivers(ROOT / "policies" / "waivers.yaml"),
        noticed=losses(steps),
        selection=selection,
        pack=packs[pack],
        opinion=_opinion(graph)
        if checkov and selection.takes_checkov
        else not_asked("not asked; --checkov asks it, which takes some seconds"),
    )
    report = replace(report, fail_on=weights[fail_on])
    if form == "text":
        show(report, Console(width=None if sys.stdout.isatty() else 160), details=True)
    else:
        sys.stdout.write(_written(report, form))
    return EXIT_CODES[report.verdict]


def _written(report: Report, form: str) -> str:
    """The report for programs; what one form needs, templates and drawings among it, no other imports."""
    if form == "markdown":
        from gate.render.markdown import as_markdown  # noqa: PLC0415 as in preview

        return as_markdown(report)
    if form == "junit":
        from gate.render.junit import as_junit  # noqa: PLC0415 as in preview

        return as_junit(report)
    if form == "sarif":
        from gate.render.sarif import as_sarif  # noqa: PLC0415 as in preview

        return as_json(as_sarif(report))
    return as_json(report.as_data())


def _opinion(graph: Graph) -> Opinion:
    from gate.checkov.asking import ask, server, shown_to_checkov  # noqa: PLC0415 few ask checkov
    from gate.checkov.terraform_plan import as_plan  # noqa: PLC0415 as above
    from gate.render.exports import as_manifests  # noqa: PLC0415 as above

    with server(ROOT) as address:
        return ask(address, graph, as_plan(graph), as_manifests(shown_to_checkov(graph)))
