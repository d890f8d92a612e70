"""docs/rules.md and docs/rules/: the catalogue of rules as pages, one a domain."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from gate.render.controls_page import controls_page
from policies.engine.catalog import DOMAINS, MODULES, NEEDS_NO_RULE, PLATFORM, RULES, domain_of, rules_of
from policies.engine.controls import tags_of, why_none
from policies.engine.rule import Rule

TYPES: Final = "types-without-rules"
"""The page of types that no rule needs to judge."""
_ABOUT: Final[Mapping[str, str]] = {
    "aws": "resources of AWS: identity, storage, keys, network, clusters, data services",
    "credentials": "secrets that stand where they can be read, in files of any kind",
    "gateway": "Gateway API, Envoy Gateway and AI gateway: routes, authentication, limits",
    "karpenter": "machines that Karpenter makes: pools, classes, disruption",
    "kubernetes": "pods, RBAC, network policies, admission, Helm releases, order",
    "mesh": "Istio: mutual TLS, authorization, routing",
    "observability": "logs, metrics, trails and how long they are kept",
    "platform": "conventions of this platform",
    "serving": "KServe, engines, models, autoscaling, Ray",
}
_HEAD: Final = """\
# Rules

Made from the catalogue by `make docs`; do not edit. `slipway explain ID` says the same of one rule, and
`slipway policies --search WORD` finds it.

An id never changes. A *mandatory* rule that finds something, or that cannot be decided, fails a stack; an *advisory*
one is reported. A rule is in one of two packs: *portable* rules are true of anybody's stack, *platform* rules hold
this platform's stacks to its conventions, and some portable rules ask more there. `preview` and the policy pack apply
both; `judge` applies the portable ones unless `--pack` says otherwise. [The gate](gate.md) says how rules are
applied, and how a finding is waived. Besides these, every Kubernetes object is checked against its schema
(`objects-match-their-schema`), and checkov gives a second opinion (`checkov:CKV_...`). With each rule stand the
controls of public frameworks that it holds a part of; [controls](controls.md) says what is missing.
"""


def pages() -> dict[str, str]:
    """Every generated page of rules and controls, by its path below ``docs/``."""
    domains = sorted(set(DOMAINS.values()))
    return {
        "rules.md": index(),
        **{f"rules/{domain}.md": _page(domain) for domain in domains},
        f"rules/{TYPES}.md": _types(),
        "controls.md": controls_page(),
    }


def write(docs: Path) -> None:
    """Write all pages below ``docs/``; pages of domains that are gone are removed."""
    made = pages()
    for stale in (docs / "rules").glob("*.md"):
        if f"rules/{stale.name}" not in made:
            stale.unlink()
    for name, text in made.items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def index() -> str:
    """``docs/rules.md``: the domains, and each rule as a link."""
    lines = [_HEAD, "| domain | rules | of |", "|---|---:|---|"]
    domains = sorted(set(DOMAINS.values()))
    ids = {domain: sorted(id_ for id_, its in DOMAINS.items() if its == domain) for domain in domains}
    lines += [f"| [{d}](rules/{d}.md) | {len(ids[d])} | {_ABOUT.get(d, '')} |" for d in domains]
    for domain in domains:
        lines += ["", f"## {domain}", "", *(f"- [{id_}](rules/{domain}.md#{id_})" for id_ in ids[domain])]
    lines += ["", "## Types", "", f"[Types that need no rule](rules/{TYPES}.md), each with its reason."]
    return "\n".join([*lines, "", f"{len(RULES)} rules.", ""])


def _page(domain: str) -> str:
    """One domain: a section a module, one below it for each rule."""
    about = f": {_ABOUT[domain]}" if domain in _ABOUT else ""
    lines = [
        f"# Rules of {domain}",
        "",
        f"Made by `make docs`; do not edit. [All rules](../rules.md){about}.",
        "",
    ]
    for module in MODULES:
        if domain_of(module) == domain and rules_of(module):
            lines += [f"## {module.__name__.rpartition('.')[2]}", ""]
            for rule in sorted(rules_of(module), key=lambda r: r.id):
                lines += [*_section(rule), ""]
    return "\n".join(lines)


def _section(rule: Rule) -> Iterator[str]:
    yield from (f"### {rule.id}", "")
    pack = "*platform*" if rule.id in PLATFORM else "*portable*"
    yield f"- {rule.weight}; {pack}; judges {', '.join(f'`{type_}`' for type_ in sorted(rule.applies_to))}"
    yield f"- why: {_literal(rule.why)}"
    yield f"- fix: {_literal(rule.fix)}"
    yield f"- controls: {_controls(rule)}"
    if rule.on_platform is not None:
        yield f"- the platform pack: {_literal(rule.on_platform.asks)}"
    if rule.same_as:
        yield f"- told once with checkov's {', '.join(f'`{check}`' for check in rule.same_as)}"


def _controls(rule: Rule) -> str:
    return ", ".join(f"`{tag}`" for tag in tags_of(rule.id)) or f"none; {_literal(why_none(rule.id))}"


def _types() -> str:
    head = [
        "# Types that need no rule",
        "",
        "Made by `make docs`; do not edit. [All rules](../rules.md).",
        "",
    ]
    rows = [f"| `{type_}` | {_literal(reason)} |" for type_, reason in sorted(NEEDS_NO_RULE.items())]
    return "\n".join([*head, "| type | because |", "|---|---|", *rows, ""])


def _literal(sentence: str) -> str:
    """Text that Markdown shows as it was written."""
    return re.sub(r"([*<|])", r"\\\1", sentence)
