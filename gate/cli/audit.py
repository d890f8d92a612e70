"""``slipway audit``: the questions of an audit, as text, JSON, Markdown or a page."""

import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from facts.explain import did_you_mean
from gate.capture.chosen import chosen
from gate.cli.release_list import console
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.core.markdown import cell
from gate.evaluate.audit import QUESTIONS, Answer, Asked
from gate.render.json_text import as_json
from gate.render.page.audit_page import audit_page

FORMATS = ("text", "json", "markdown", "html")


def run(
    questions: Sequence[str], asked_of: tuple[Path | None, str], days: tuple[date, date], form: str
) -> None:
    """Print the answers.

    Args:
        questions: which; all where none is named.
        asked_of: the folder of stacks and releases (this checkout if left out), and a release where one is named.
        days: today, and the day that ``served`` is asked about.
        form: one of :data:`FORMATS`.

    Raises:
        GateError: there is no such question, or stack files or records are wrong.
    """
    unknown = [
        f"no question {name!r}; {did_you_mean(name, list(QUESTIONS))}"
        for name in questions
        if name not in QUESTIONS
    ]
    if unknown:
        raise GateError("audit:", unknown)
    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    root = (asked_of[0] or ROOT).resolve()
    asked = Asked(root, chosen([], root), days[0], days[1], asked_of[1])
    answers = [QUESTIONS[name](asked) for name in questions or QUESTIONS]
    if form == "json":
        sys.stdout.write(as_json([_data(answer) for answer in answers]))
    elif form == "html":
        sys.stdout.write(audit_page(answers, days[0]))
    elif form == "markdown":
        sys.stdout.write("\n".join(_markdown(answer) for answer in answers))
    else:
        out = console()
        for answer in answers:
            _print(answer, out)


def _data(answer: Answer) -> dict[str, object]:
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {**asdict(answer), "columns": list(answer.columns), "rows": rows}


def _print(answer: Answer, out: Console) -> None:
    out.print(answer.question, style="bold", markup=False)
    if answer.rows:
        table = Table(*answer.columns, box=None, pad_edge=False)
        for row in answer.rows:
            table.add_row(*(Text(text, overflow="fold") for text in row))
        out.print(table)
    else:
        out.print("  nothing", markup=False)
    if answer.note:
        out.print(f"  {answer.note}", markup=False, soft_wrap=True, style="dim")
    out.print()


def _markdown(answer: Answer) -> str:
    lines = [f"## {answer.question}", ""]
    if answer.rows:
        lines += [f"| {' | '.join(answer.columns)} |", f"|{'---|' * len(answer.columns)}"]
        lines += [f"| {' | '.join(cell(text) for text in row)} |" for row in answer.rows]
    else:
        lines.append("Nothing.")
    return "\n".join([*lines, *(["", answer.note] if answer.note else []), ""])
