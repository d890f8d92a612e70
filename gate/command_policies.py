"""``slipway policies`` and ``slipway explain``: the catalogue of rules, for people."""

import difflib

from rich.console import Console
from rich.table import Table

from gate.errors import GateError
from policies.catalog import RULES


def list_rules(console: Console) -> None:
    """One line a rule."""
    table = Table(box=None, pad_edge=False)
    for heading in ("rule", "level", "why"):
        table.add_column(heading, overflow="fold", no_wrap=heading != "why")
    for rule in sorted(RULES, key=lambda r: r.id):
        table.add_row(rule.id, rule.level, rule.why)
    console.print(table)
    console.print(f"{len(RULES)} rules", highlight=False)


def explain_rule(id_: str, console: Console) -> None:
    """Everything about one rule.

    Raises:
        GateError: there is no such rule.
    """
    found = {rule.id: rule for rule in RULES}.get(id_)
    if found is None:
        close = difflib.get_close_matches(id_, [r.id for r in RULES], n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "slipway policies lists them"
        raise GateError(f"no rule {id_!r}; {hint}")
    console.print(f"[bold]{found.id}[/] ({found.level})", highlight=False)
    for head, body in (("why", found.why), ("fix", found.fix), ("judges", ", ".join(found.applies_to))):
        console.print(f"  {head}: {body}", markup=False, highlight=False, soft_wrap=True)
