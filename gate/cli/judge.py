"""``slipway judge``: the same rules on what others wrote."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from gate.capture.stacks import ROOT
from gate.checkov.opinion import Opinion, ask, not_asked, server, shown_to_checkov
from gate.checkov.terraform_plan import as_plan
from gate.core.errors import GateError
from gate.core.folders import STDIN
from gate.evaluate.judgement import assess
from gate.evaluate.preview_losses import losses
from gate.evaluate.selection import selected
from gate.evaluate.waive import load_waivers
from gate.ingest.adapters import read_paths
from gate.render import formats as render
from gate.render.junit import as_junit
from gate.render.sarif import as_sarif
from gate.render.terminal import show
from gate.report.report import EXIT_CODES
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


def _opinion(graph: Graph) -> Opinion:
    with server(ROOT) as address:
        return ask(address, graph, as_plan(graph), render.manifests(shown_to_checkov(graph)))
