"""Where a stack stands with each control of public frameworks and with each rule: what was looked at and found."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from facts.controls import frameworks
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.controls import Standing, committed, mapped
from policies.engine.evaluate import Finding, Undecided
from policies.engine.graph import Graph, Resource
from policies.packs import PACKS

RuleState = Literal["fails", "undecided", "waived", "passes", "nothing here", "not asked"]
ControlState = Literal[
    "fails", "undecided", "waived", "holds", "holds in part", "nothing here", "not asked", "not covered"
]
CONTROL_STATES: Final[tuple[ControlState, ...]] = get_args(ControlState)


@dataclass(frozen=True, kw_only=True)
class RuleStanding:
    """One rule on one stack; ``looked_at`` are the resources it judged."""

    rule: str
    state: RuleState
    looked_at: Sequence[Resource]
    open: int = 0
    waivers: Sequence[str] = ()
    """Who accepted what was found, each once: the waiver with its owner and its end."""

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """The types of what was looked at, with how many of each, most first."""
        return sorted(Counter(r.type for r in self.looked_at).items(), key=lambda pair: (-pair[1], pair[0]))


@dataclass(frozen=True, kw_only=True)
class ControlStanding:
    """One control on one stack; ``said`` is what is missing of it, or why nothing holds it."""

    framework: str
    control: str
    title: str
    state: ControlState
    rules: Sequence[RuleStanding]
    said: str

    @property
    def looked_at(self) -> int:
        """How many resources its rules judged, each once."""
        return len({r.urn for rule in self.rules for r in rule.looked_at})

    @property
    def kinds(self) -> list[tuple[str, int]]:
        """The types of those resources, with how many of each."""
        seen = {r.urn: r.type for rule in self.rules for r in rule.looked_at}
        return sorted(Counter(seen.values()).items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def waivers(self) -> list[str]:
        """Who accepted what was found, each once."""
        return sorted({waiver for rule in self.rules for waiver in rule.waivers})


@dataclass(frozen=True, kw_only=True)
class Compliance:
    """Every rule by id, and every control by the name of its framework."""

    rules: Sequence[RuleStanding]
    frameworks: Mapping[str, Sequence[ControlStanding]]

    def counts(self, framework: str) -> Mapping[ControlState, int]:
        """How many controls of a framework stand where."""
        found = Counter(one.state for one in self.frameworks[framework])
        return {state: found[state] for state in CONTROL_STATES}


def compliance(report: Report) -> Compliance:
    """Where a judged stack stands."""
    standing = {one.rule: one for one in _rules(report)}
    return Compliance(
        rules=list(standing.values()),
        frameworks={
            frameworks()[stem].name: [_control(frameworks()[stem].name, one, standing) for one in held]
            for stem, held in committed().items()
        },
    )


def _rules(report: Report) -> Iterator[RuleStanding]:
    graph = Graph(report.resources)
    found: dict[str, list[Finding]] = {}
    for finding in report.findings:
        found.setdefault(finding.rule, []).append(finding)
    missing: dict[str, list[Undecided]] = {}
    for undecided in report.undecided:
        missing.setdefault(undecided.rule, []).append(undecided)
    asked = {rule.id for rule in PACKS[report.pack]} - set(report.left_out)
    for rule in sorted(RULES, key=lambda r: r.id):
        looked_at = [r for r in graph.of_type(*rule.applies_to) if not r.is_read] if rule.id in asked else []
        state: RuleState = "not asked" if rule.id not in asked else "passes" if looked_at else "nothing here"
        yield _standing(rule.id, state, looked_at, found.get(rule.id, []), missing.get(rule.id, []))
    # Checks of the gate itself count nothing: they are asked of the whole stack.
    for check in sorted(mapped().checks):
        is_idle = check.startswith("release") and not report.traffic  # of models, of which there are none
        state = "not asked" if check in report.left_out else "nothing here" if is_idle else "passes"
        said = [f for f in report.findings if f.rule == check or f.rule.startswith(f"{check}:")]
        yield _standing(check, state, [], said, missing.get(check, []))


def _standing(
    rule: str,
    state: RuleState,
    looked_at: Sequence[Resource],
    found: Sequence[Finding],
    missing: Sequence[Undecided],
) -> RuleStanding:
    still_open = sum(not f.waiver for f in found)
    if state != "not asked":
        state = "fails" if still_open else "undecided" if missing else "waived" if found else state
    return RuleStanding(
        rule=rule,
        state=state,
        looked_at=looked_at,
        open=still_open,
        waivers=sorted({f.waiver for f in found if f.waiver}),
    )


def _control(framework: str, standing: Standing, rules: Mapping[str, RuleStanding]) -> ControlStanding:
    by = [rules[name] for name in standing.by if name in rules]
    return ControlStanding(
        framework=framework,
        control=standing.tag.partition(":")[2],
        title=standing.control.title,
        state=_state([one.state for one in by], is_part=bool(standing.control.partly)),
        rules=by,
        said=standing.said,
    )


def _state(states: Sequence[RuleState], *, is_part: bool) -> ControlState:
    """The worst of its rules; a control no rule of which met anything here is not said to hold."""
    if not states:
        return "not covered"
    for worst in ("fails", "undecided", "waived"):
        if worst in states:
            return worst
    if "passes" in states:
        return "holds in part" if is_part or "not asked" in states else "holds"
    return "not asked" if "not asked" in states else "nothing here"
