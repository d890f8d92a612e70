"""A difference as Markdown for a comment, and as text for a terminal."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.text import Text

from gate.difference.record import Difference, ResourceChange, StackDifference
from gate.render import cell

LONGEST_COMMENT: Final = 65_536
"""GitHub's limit for a comment, in characters (GitHub REST API, issue comments; read 2026-11)."""
_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_FEWER: Final = (200, 50, 10, 0)
"""Rows of a section when everything does not fit: fewer for all sections, down to their counts."""
_SIGNS: Final = {"pass": "✅", "fail": "❌", "error": "💥", "": "▫️"}
_WORDS: Final = {"pass": "passes", "fail": "fails", "error": "could not be judged", "": "is not there"}


def as_json(difference: Difference) -> str:
    """The difference as JSON text."""
    return json.dumps(difference.as_data(), indent=1, ensure_ascii=False) + "\n"


def as_markdown(difference: Difference, longest: int = LONGEST_COMMENT) -> str:
    """Verdicts first, then what endangers something, then folds. Too long a text gets shorter by whole rows."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 Markdown, not HTML; `cell` neutralises what would break a table
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = cell
    template = environment.get_template("difference.md.j2")
    made = ""
    for rows in (100_000, *_FEWER):
        made = template.render(
            difference=difference, rows=rows, sign=_SIGNS, word=_WORDS, dangers=_dangers, sections=_sections
        )
        if len(made) <= longest:
            break
    return made


def _dangers(stack: StackDifference) -> list[ResourceChange]:
    return [r for r in stack.resources if r.endangers]


def _sections(stack: StackDifference) -> list[tuple[str, Sequence[str]]]:
    """Sentences under their headings, in the order a reviewer asks."""
    found = [
        ("Models", stack.models),
        ("Permissions gained", stack.gained),
        ("Permissions lost", stack.lost),
        ("Flows opened", stack.opened),
        ("Flows closed", stack.closed),
        ("Capacity", stack.capacity),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def show(difference: Difference, console: Console) -> None:
    """Print a difference: a line a stack, then what matters of it."""
    console.print(Text(f"{difference.head} against {difference.base}"), soft_wrap=True)
    for note in difference.notes:
        console.print(Text(note, "yellow"), soft_wrap=True)
    for stack in difference.stacks:
        _show_stack(stack, console)


def _show_stack(stack: StackDifference, console: Console) -> None:
    colour = {"pass": "green", "fail": "red", "error": "magenta", "": "yellow"}[stack.verdict]
    counts = _counts(stack)
    console.print(
        Text.assemble(
            (f"stack {stack.stack}: ", "bold"),
            (_WORDS[stack.verdict], colour),
            f"  {counts or 'no difference'}",
        ),
        soft_wrap=True,
    )
    if stack.problem:
        console.print(Text(f"  {stack.problem}", "yellow"), soft_wrap=True)
    for resource in _dangers(stack):
        was = f" (was {resource.was})" if resource.was else ""
        said = f"  {resource.kind}{was}: {resource.type} {resource.name}: loses {resource.endangers}"
        console.print(Text(said, "bold red"), soft_wrap=True)
    for finding in stack.new_findings:
        console.print(
            Text(f"  new {finding['level']} finding {finding['rule']}: {finding['message']}", "red")
        )
    for finding in stack.fixed_findings:
        console.print(Text(f"  fixed {finding['rule']}: {finding['message']}", "green"))
    for heading, lines in _sections(stack):
        console.print(Text(f"  {heading}", "italic"))
        for line in lines:
            console.print(Text(f"    {line}"), soft_wrap=True)


def _counts(stack: StackDifference) -> str:
    counted: list[tuple[str, Any]] = [
        (kind, stack.of_kind(kind))
        for kind in ("added", "removed", "changed", "replaced", "renamed", "moved")
    ]
    counted += [("new findings", stack.new_findings), ("fixed", stack.fixed_findings)]
    return ", ".join(f"{len(found)} {word}" for word, found in counted if found)
