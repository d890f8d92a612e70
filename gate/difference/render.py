"""A difference as Markdown for a comment, and as text for a terminal."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from rich.console import Console
from rich.text import Text

from gate.difference.record import Difference, ResourceChange, StackDifference
from gate.difference.summary import alike, in_short
from gate.markdown import cell, code

LONGEST_COMMENT: Final = 65_536
"""GitHub's limit for a comment, in characters (GitHub REST API, issue comments; read 2026-11)."""
_TEMPLATES: Final = Path(__file__).parent.parent / "templates"
_FEWER: Final = (200, 50, 10, 0)
"""Rows of a section when everything does not fit: fewer for all sections, down to their counts."""
_SIGNS: Final = {"pass": "✅", "fail": "❌", "error": "💥", "": "▫️"}
KINDS: Final = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "replaced": "destroyed and made again",
    "renamed": "destroyed and made again under another name",
    "moved": "renamed, and kept by its alias",
}
"""What happens to a resource, in words."""
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
    environment.filters |= {"cell": cell, "code": code, "place": _place}
    template = environment.get_template("difference.md.j2")
    headline = _headline(difference)
    for rows in (100_000, *_FEWER):
        made = template.render(
            difference=difference,
            telling=alike(difference.telling),
            rows=rows,
            sign=_SIGNS,
            word=_WORDS,
            kind=KINDS,
            headline=headline,
            short=in_short(difference),
            danger=_danger,
            sections=_sections,
        )
        if len(made) <= longest:
            return made
    return f"# {headline}\n\nEven the counts of this change are too long for a comment: see the artifact.\n"


def _headline(difference: Difference) -> str:
    """The verdict, and what no verdict speaks of: a change can break no rule and lose everything."""
    if difference.verdict == "error":
        return "💥 This change could not be judged"
    lost = len(difference.dangers)
    if difference.verdict == "fail":
        return "❌ This change does not pass" + (f", and puts {_number(lost)} at risk" if lost else "")
    if lost:
        return f"⚠️ This change breaks no rule, but puts {_number(lost)} at risk"
    return "✅ This change passes"


def _place(urn: str) -> str:
    """The resource's own name: the last part of its URN."""
    return urn.rpartition("::")[2]


def _number(count: int) -> str:
    return f"{count} thing{'s' if count > 1 else ''}"


def _danger(resource: ResourceChange) -> str:
    """What happens to a resource, and what goes with it."""
    happens = {
        "removed": "is removed",
        "renamed": (
            f"is destroyed, and {resource.name} is made in its place, since no alias says that the two are one. "
            "An alias keeps it (docs/upgrading.md)"
        ),
        "replaced": "is destroyed and made again, since what changed cannot be changed in place",
    }
    stopped = (
        ". It is protected: Pulumi refuses until somebody takes that away" if resource.was_protected else ""
    )
    return f"{happens.get(resource.kind, resource.kind)}{stopped}. Lost: {resource.endangers}"


def _sections(stack: StackDifference) -> list[tuple[str, Sequence[str]]]:
    """Sentences under their headings, in the order a reviewer asks."""
    found = [
        ("Models and their traffic", stack.models),
        ("Permissions gained", stack.gained),
        ("Permissions lost", stack.lost),
        ("What becomes reachable", stack.opened),
        ("What is reachable no longer", stack.closed),
        ("Machines and GPUs", stack.capacity),
        ("How long things are kept", stack.kept),
    ]
    return [(heading, lines) for heading, lines in found if lines]


def show(difference: Difference, console: Console) -> None:
    """Print a difference: a line a stack, then what matters of it."""
    console.print(Text(f"{difference.head} against {difference.base}"), soft_wrap=True)
    for problem in difference.problems:
        console.print(Text(problem, "red"), soft_wrap=True)
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
    for resource in [r for r in stack.resources if r.endangers]:
        said = f"  {resource.type} {resource.was or resource.name} {_danger(resource)}"
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
