"""``slipway policies`` and ``slipway explain``: the catalogue of rules, for people."""

import difflib
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from gate.checkov.checks import known_check
from gate.cli.where_lines import rule_score, squashed
from gate.core.checkout import ROOT
from gate.core.errors import GateError
from gate.evaluate.apply_waivers import load_waivers
from gate.render.controls_page import controls_page
from gate.render.rules_pages import index, write
from policies.engine.catalog import DOMAINS, PLATFORM, RULES
from policies.engine.controls import tags_of, why_none
from policies.engine.rule import Rule

FORMATS = ("text", "markdown", "controls")
_CHECKOV = "checkov:"


def show_rules(form: str, search: str = "", domain: str = "") -> None:
    """Print the catalogue, or what ``search`` and ``domain`` leave of it.

    Raises:
        GateError: the format or the domain is unknown, or a page was asked for in part.
    """
    if form not in FORMATS:
        raise GateError(f"--format: should be {', '.join(FORMATS)} (got {form!r})")
    domains = sorted(set(DOMAINS.values()))
    if domain and domain not in domains:
        raise GateError(f"--domain: no domain {domain!r}; there are {', '.join(domains)}")
    if form == "text":
        found = list(_found(search, domain))
        list_rules(Console(), found)
        if search and not found:
            sys.stdout.write(f"slipway where {search}: says what else is about it\n")
    elif search or domain:
        raise GateError("--search and --domain choose lines of the list: leave out --format")
    else:
        sys.stdout.write(index() if form == "markdown" else controls_page())


def write_pages() -> None:
    """Write every generated page of rules and controls again."""
    write(ROOT / "docs")


def _found(search: str, domain: str) -> Iterator[Rule]:
    words = [squashed(word) for word in search.split()]
    found = [(rule_score(rule, words), rule) for rule in RULES if domain in {"", DOMAINS[rule.id]}]
    for _, rule in sorted(
        ((score, rule) for score, rule in found if score), key=lambda one: (-one[0], one[1].id)
    ):
        yield rule


def _pack(rule: Rule) -> str:
    return "platform" if rule.id in PLATFORM else "portable"


def list_rules(console: Console, rules: list[Rule]) -> None:
    """Two lines a rule: id, domain, level and controls; then the reason. A narrow terminal wraps, a pipe does not."""
    for rule in rules:
        controls = ", ".join(tags_of(rule.id))
        head = Text.assemble(
            (rule.id, "bold"),
            f"  {DOMAINS[rule.id]}, {_pack(rule)}, {rule.weight}{f'; {controls}' if controls else ''}",
        )
        console.print(head, soft_wrap=True, highlight=False)
        console.print(Text(f"    {rule.why}"), soft_wrap=True, highlight=False)
    console.print("1 rule" if len(rules) == 1 else f"{len(rules)} rules", highlight=False)


def explain_rule(id_: str, console: Console) -> None:
    """Everything about one rule, or what is known of a check of checkov.

    Raises:
        GateError: there is no such rule.
    """
    if id_.startswith((_CHECKOV, "CKV")):
        _explain_check(id_.removeprefix(_CHECKOV), console)
        return
    found = {name: rule for rule in RULES for name in (*rule.aliases, rule.id)}.get(id_)
    if found is None:
        close = difflib.get_close_matches(id_, [r.id for r in RULES], n=3)
        hint = f"did you mean {', '.join(close)}?" if close else "slipway policies lists them"
        raise GateError(f"no rule {id_!r}; {hint}")
    was = "" if found.id == id_ else f", formerly {id_}"
    console.print(f"[bold]{found.id}[/] ({_pack(found)}, {found.weight}{was})", highlight=False)
    controls = ", ".join(tags_of(found.id)) or f"none; {why_none(found.id)}"
    judges = ", ".join(found.applies_to)
    page = f"docs/rules/{DOMAINS[found.id]}.md"
    for head, body in (
        ("why", found.why),
        ("fix", found.fix),
        *((("on the platform", found.on_platform.asks),) if found.on_platform else ()),
        ("judges", judges),
        *(
            (("same as", ", ".join(f"{_CHECKOV}{check}" for check in found.same_as)),)
            if found.same_as
            else ()
        ),
        ("controls", controls),
        ("page", page),
    ):
        console.print(f"  {head}: {body}", markup=False, highlight=False, soft_wrap=True)


def _explain_check(id_: str, console: Console) -> None:
    check = known_check(id_, ROOT)
    console.print(f"[bold]{_CHECKOV}{check.id}[/] (mandatory)", highlight=False)
    waivers = [
        f"{name} ({waiver.on}, until {waiver.expires})"
        for name, waiver in load_waivers(ROOT / "policies" / "waivers.yaml").items()
        if waiver.rule == f"{_CHECKOV}{check.id}"
    ]
    for head, body in (
        ("what", check.title),
        ("by", f"checkov {check.version}, whose checks are not ours (docs/gate.md)"),
        ("same as", ", ".join(rule.id for rule in RULES if check.id in rule.same_as) or "none of our rules"),
        ("fix", "change the resource, or waive the finding in policies/waivers.yaml"),
        ("waived", "; ".join(waivers) or "nowhere"),
    ):
        console.print(f"  {head}: {body}", markup=False, highlight=False, soft_wrap=True)
