"""A difference as Markdown for a pull request's comment, and as JSON."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gate.core.markdown import cell, code
from gate.difference.lengths import LONGEST_NAME, cut, window
from gate.difference.record import Difference, Kind, ResourceChange, StackDifference
from gate.difference.summary import MOST, alike, does, in_short

LONGEST_COMMENT: Final = 65_536
"""GitHub's limit for a comment, in characters (GitHub REST API, issue comments; read 2026-11)."""
_TEMPLATES: Final = Path(__file__).parent.parent / "render" / "templates"
_SIGNS: Final = {"pass": "✅", "fail": "❌", "error": "💥", "": "▫️"}
KINDS: Final[dict[Kind, str]] = {
    "removed": "removed",
    "renamed": "destroyed and made again under another name",
    "replaced": "destroyed and made again",
    "changed": "changed",
    "moved": "renamed, and kept by an alias",
    "added": "added",
}
"""What happens to a resource, in words; what loses something comes first."""
WORDS: Final = {"pass": "passes", "fail": "fails", "error": "could not be judged", "": "is not there"}


@dataclass(frozen=True, kw_only=True)
class _Detail:
    """How much is said: ``rows`` of a section, whether resources and their properties stand there, and the picture."""

    rows: int
    stacks: int = 10_000
    properties: bool = False
    resources: bool = False
    picture: bool = True


_DETAILS: Final = (
    _Detail(rows=100_000, properties=True, resources=True),
    _Detail(rows=100_000, resources=True),
    _Detail(rows=100_000),
    _Detail(rows=200),
    _Detail(rows=200, picture=False),
    _Detail(rows=50, picture=False),
    _Detail(rows=20, stacks=50, picture=False),
    _Detail(rows=5, stacks=10, picture=False),
    _Detail(rows=0, stacks=10, picture=False),
    _Detail(rows=0, stacks=0, picture=False),
)
"""What goes first where not everything fits: properties, single resources, the picture, then rows of all sections."""


def as_json(difference: Difference) -> str:
    """The difference as JSON text."""
    return json.dumps(difference.as_data(), indent=1, ensure_ascii=False) + "\n"


def as_markdown(difference: Difference, longest: int = LONGEST_COMMENT) -> str:
    """Verdict first, then what a reviewer must know, then what is at risk, then folds.

    Too long a text is shortened by whole sections and rows, which are counted; too long a value by its middle.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 Markdown, not HTML; `cell` neutralises what would break a table
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": lambda value: cell(cut(value)),
        "code": lambda value: code(cut(value)),
        "name": lambda value: cell(cut(value, LONGEST_NAME)),
        "place": _place,
    }
    template = environment.get_template("difference.md.j2")
    content = {
        "difference": difference,
        "headline": headline(difference),
        "in_short": in_short,
        "most": MOST,
        "telling": alike(difference.telling),
        "sign": _SIGNS,
        "word": WORDS,
        "before": before,
        "kinds": KINDS,
        "happens": happens,
        "notes": notes(difference),
        "counted": _counted,
        "sections": sections,
        "window": window,
    }
    made = ""
    for detail in _DETAILS:
        made = template.render(detail=detail, rows=detail.rows, **content)
        if len(made) <= longest:
            return made
    said = "Even the counts of this change are too long for a comment: see the artifact."
    return f"# {headline(difference)}\n\n{said}\n"


def headline(difference: Difference) -> str:
    """The verdict, and what no verdict speaks of: a change can break no rule and lose everything."""
    if difference.verdict == "error":
        return "💥 This change could not be judged"
    if difference.stacks and not any(s.was_compared for s in difference.stacks):
        passes = "✅ This side passes" if difference.verdict == "pass" else "❌ This side does not pass"
        return f"{passes}, and was compared with nothing"
    lost = len(difference.dangers)
    done = [f"puts {lost} thing{'s' if lost > 1 else ''} at risk"] if lost else []
    done = (done + does(difference))[:3]
    also = f": it {_and(done)}" if done else ""
    if difference.verdict == "fail":
        return f"❌ This change does not pass{also}"
    if lost:
        return f"⚠️ This change breaks no rule, but {_and(done)}"
    return f"✅ This change passes{also}" if difference.stacks else "✅ This change touches no stack"


def before(stack: StackDifference) -> str:
    """The verdict before, in words."""
    return WORDS[stack.verdict_before] if stack.was_compared else "not known"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _place(urn: str) -> str:
    """The resource's own name: the last part of its URN."""
    return urn.rpartition("::")[2]


def happens(resource: ResourceChange) -> str:
    """What happens to a resource that something is lost with."""
    said = {
        "removed": "removed",
        "renamed": f"destroyed, and {resource.name} made in its place",
        "replaced": "destroyed and made again: what changed cannot be changed in place",
    }.get(resource.kind, resource.kind)
    return f"{said} (protected)" if resource.was_protected else said


def notes(difference: Difference) -> list[str]:
    """What holds of all that is at risk in the same way."""
    at_risk = [resource for resource, _ in difference.dangers]
    found = []
    if any(r.kind == "renamed" for r in at_risk):
        found.append(
            "No alias says that the old and the new one are the same; an alias keeps it (docs/upgrading.md)."
        )
    if any(r.was_protected for r in at_risk):
        found.append("Pulumi refuses to destroy what is protected until somebody takes the protection away.")
    return found


def _counted(resources: Sequence[ResourceChange]) -> list[tuple[str, int]]:
    """Types of resources by how many of them there are."""
    return sorted(Counter(r.type for r in resources).items(), key=lambda pair: (-pair[1], pair[0]))


def sections(stack: StackDifference) -> list[tuple[str, Sequence[str]]]:
    """Sentences under their headings, in the order a reviewer asks."""
    found = [
        ("Permissions gained", stack.gained),
        ("What becomes reachable", stack.opened),
        ("Models and their traffic", stack.models),
        ("What AWS refuses", stack.refused),
        ("How long things are kept", stack.kept),
        ("Machines, GPUs and replicas", stack.capacity),
        ("Cost at list prices", stack.cost),
        ("Permissions lost", stack.lost),
        ("What is reachable no longer", stack.closed),
    ]
    return [(heading, lines) for heading, lines in found if lines]
