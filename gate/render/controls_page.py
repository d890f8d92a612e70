"""docs/controls.md: per control of each framework what enforces it, or why nothing does."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from facts.controls import Framework, frameworks
from policies.engine.catalog import DOMAINS
from policies.engine.controls import STATES, NoControl, Standing, State, committed, mapped

_HEAD = """\
# Controls

Made by `make docs` from `facts/controls/` (what each framework asks, in our words) and `policies/controls.yaml` (which
rule holds what); do not edit. Every control is in one of four states:

- **enforced**: by the rules and checks that are named; a stack that breaks one is refused.
- **partly**: they hold a part of it; what is missing is said.
- **not decidable** from infrastructure: no resource says it. People, or other tools, must.
- **not yet**: a rule could hold it, and there is none; what it would take is said.

What rules hold of a control is tried: `tests/policies/control_examples.yaml` has what its framework would refuse, and a
rule that is named finds it (NIST's outcomes are no infrastructure, and have no example). Checkov's second opinion is
not counted. Enforced means: in what the gate sees. What a Helm chart brings is not seen, nor what is made by hand
([the gate](gate.md)), and a waiver can accept a finding. This page is no certificate: nobody of CIS, AWS, NSA, CISA,
OWASP or NIST has read it.
"""


def controls_page() -> str:
    """The page as Markdown: a summary, a table for each framework, and what holds no control."""
    found, known = committed(), frameworks()
    lines = [_HEAD, *_summary(found, known)]
    for stem, framework in known.items():
        lines += ["", *_framework(stem, framework, found[stem])]
    lines += ["", "## Checks that are no rules", "", "| check | |", "|---|---|"]
    lines += [f"| `{name}` | {_cell(check.what)} |" for name, check in mapped().checks.items()]
    lines += ["", "## Rules without a control", "", "| rule | because |", "|---|---|"]
    lines += [
        f"| {_link(rule)} | {_cell(entry.none)} |"
        for rule, entry in sorted(mapped().rules.items())
        if isinstance(entry, NoControl)
    ]
    return "\n".join([*lines, ""])


def _summary(found: Mapping[str, tuple[Standing, ...]], known: Mapping[str, Framework]) -> Iterator[str]:
    yield "| framework | version | controls | " + " | ".join(STATES) + " |"
    yield "|---|---|" + "---:|" * (len(STATES) + 1)
    total: Counter[State] = Counter()
    for stem, framework in known.items():
        counts = Counter(standing.state for standing in found[stem])
        total.update(counts)
        yield _row(f"[{framework.name}](#{_anchor(framework.name)})", framework.version, counts)
    yield _row("all", "", total)


def _row(name: str, version: str, counts: Counter[State]) -> str:
    figures = [counts.total(), *(counts[state] for state in STATES)]
    return f"| {name} | {version} | " + " | ".join(str(figure) for figure in figures) + " |"


def _framework(stem: str, framework: Framework, found: tuple[Standing, ...]) -> Iterator[str]:
    published = f", {framework.published}" if framework.published else ""
    yield from (f"## {framework.name}", "")
    yield (
        f"{framework.document}, version {framework.version}{published}. Ids from [here]({framework.source}), read "
        f"{framework.read}. As a tag: `{stem}:ID`."
    )
    yield from ("", "| control | asks | state | by | missing, or why |", "|---|---|---|---|---|")
    for standing in found:
        by = ", ".join(_link(name) for name in standing.by)
        id_ = standing.tag.partition(":")[2]
        yield f"| {id_} | {_cell(standing.control.title)} | {standing.state} | {by} | {_cell(standing.said)} |"


def _link(name: str) -> str:
    return f"[{name}](rules/{DOMAINS[name]}.md#{name})" if name in mapped().rules else f"`{name}`"


def _anchor(heading: str) -> str:
    return heading.lower().replace(" ", "-")


def _cell(sentence: str) -> str:
    return re.sub(r"([*<|])", r"\\\1", sentence)
