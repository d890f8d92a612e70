"""``slipway policies`` and ``slipway explain``: the catalogue of rules, for people."""

import difflib
import re
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from gate.core.errors import GateError
from gate.render.controls_page import controls_page
from policies.engine.catalog import MODULES, NEEDS_NO_RULE, RULES
from policies.engine.controls import tags_of, why_none
from policies.engine.rule import Rule

FORMATS = ("text", "markdown", "controls")
_HEAD = """\
# Rules

Made from the catalogue by `make docs`; do not edit. An id never changes. A *mandatory* rule that finds something, or
that cannot be decided, fails a stack; an *advisory* one is reported. A rule *of this platform* holds its own stacks to
their conventions; other stacks may have others, and are not asked. [The gate](gate.md) says how rules are applied,
and how a finding is waived. Besides these, every Kubernetes object is checked against its schema
(`objects-match-their-schema`), and checkov gives a second opinion (`checkov:CKV_...`). With each rule stand
the controls of public frameworks that it holds a part of; [controls](controls.md) says what is missing.
"""


def show_rules(form: str) -> None:
    """Print the catalogue.

    Raises:
        GateError: the format is unknown.
    """
    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    if form == "markdown":
        sys.stdout.write(catalogue())
    elif form == "controls":
        sys.stdout.write(controls_page())
    else:
        list_rules(Console())


def list_rules(console: Console) -> None:
    """One line a rule."""
    table = Table(box=None, pad_edge=False)
    for heading in ("rule", "severity", "why, and the controls it holds"):
        table.add_column(heading, overflow="fold", no_wrap=heading in {"rule", "severity"})
    for rule in sorted(RULES, key=lambda r: r.id):
        table.add_row(
            rule.id, _weight(rule), Text("\n".join(filter(None, (rule.why, ", ".join(tags_of(rule.id))))))
        )
    console.print(table)
    console.print(f"{len(RULES)} rules", highlight=False)


def catalogue() -> str:
    """The catalogue as Markdown: one section a module, one below it for each rule."""
    lines = [_HEAD]
    for module in MODULES:
        lines += [f"## {module.__name__.removeprefix('policies.rules.').replace('.', '/')}", ""]
        for rule in sorted(module.RULES, key=lambda r: r.id):
            lines += [*_section(rule), ""]
    lines += ["## Types that need no rule", "", "| type | because |", "|---|---|"]
    lines += [f"| `{type_}` | {_literal(reason)} |" for type_, reason in sorted(NEEDS_NO_RULE.items())]
    return "\n".join([*lines, "", f"{len(RULES)} rules.", ""])


def _section(rule: Rule) -> Iterator[str]:
    yield from (f"### {rule.id}", "")
    bound = " *of this platform*" if rule.house else ""
    yield f"- {_weight(rule)}{bound}; judges {', '.join(f'`{type_}`' for type_ in sorted(rule.applies_to))}"
    yield f"- why: {_literal(rule.why)}"
    yield f"- fix: {_literal(rule.fix)}"
    yield f"- controls: {_controls(rule)}"


def _controls(rule: Rule) -> str:
    return ", ".join(f"`{tag}`" for tag in tags_of(rule.id)) or f"none; {_literal(why_none(rule.id))}"


def _weight(rule: Rule) -> str:
    return rule.severity if rule.level == "mandatory" else f"{rule.severity}, advisory"


def _literal(sentence: str) -> str:
    """Text that Markdown shows as it was written."""
    return re.sub(r"([*<|])", r"\\\1", sentence)


def explain_rule(id_: str, console: Console) -> None:
    """Everything about one rule.

    Raises:
        GateError: there is no such rule.
    """
    found = {name: rule for rule in RULES for name in (*rule.aliases, rule.id)}.get(id_)
    if found is None:
        close = difflib.get_close_matches(id_, [r.id for r in RULES], n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "slipway policies lists them"
        raise GateError(f"no rule {id_!r}; {hint}")
    console.print(f"[bold]{found.id}[/] ({_weight(found)})", highlight=False)
    controls = ", ".join(tags_of(found.id)) or f"none; {why_none(found.id)}"
    judges = ", ".join(found.applies_to)
    for head, body in (("why", found.why), ("fix", found.fix), ("judges", judges), ("controls", controls)):
        console.print(f"  {head}: {body}", markup=False, highlight=False, soft_wrap=True)
