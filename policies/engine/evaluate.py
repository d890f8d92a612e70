"""Applying rules to a graph: a verdict per rule and resource, and no way to be silent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.engine.graph import Graph, Resource
from policies.engine.patches import said_by_patch
from policies.engine.rule import Check, Level, Offence, Rule, Severity
from policies.engine.values import UndecidedError


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One offence of one resource against one rule; ``waiver`` names the record that excuses it.

    ``path`` is the property at fault and ``value`` what stands there, where the rule says so; ``file`` the file of the
    project it is about, where that is no manifest.
    """

    rule: str
    level: Level
    urn: str
    message: str
    object: str = ""
    waiver: str = ""
    fix: str = ""
    path: str = ""
    severity: Severity = "medium"
    file: str = ""
    witnesses: tuple[str, ...] = field(default=(), compare=False)
    """Checks of others that found the same defect of the same resource, such as ``checkov:CKV_AWS_7``."""
    value: Any = field(default=None, compare=False)

    @property
    def key(self) -> str:
        """What stays the same while sentences are reworded: rule, subject and property path.

        A finding that names no property is told from others of its resource by its sentence.
        """
        return "|".join((self.rule, self.object or self.urn, self.path or self.message))


@dataclass(frozen=True, kw_only=True, order=True)
class Undecided:
    """A rule that could not be decided for a resource, and the value it missed."""

    rule: str
    level: Level
    urn: str
    message: str
    object: str = ""

    @property
    def key(self) -> str:
        """What stays the same while nothing is decided: rule, subject and the value that is missing."""
        return "|".join((self.rule, self.object or self.urn, self.message))


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """A rule that raised or answered nonsense: the verdict becomes an error."""

    rule: str
    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Everything the rules said about a graph, sorted, and how many pairs were decided."""

    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    faults: tuple[Fault, ...]
    decided: int


def judge(graph: Graph, rules: Iterable[Rule]) -> Judgement:
    """Apply every rule to every resource it applies to."""
    findings: list[Finding] = []
    undecided: list[Undecided] = []
    faults: list[Fault] = []
    pairs = 0
    for rule in rules:
        for resource in graph.of_type(*rule.applies_to):
            if resource.is_read:  # another stack makes it, and answers for it
                continue
            pairs += 1
            _apply(rule, resource, graph, findings, undecided, faults)
    return Judgement(
        findings=tuple(sorted(findings)),
        undecided=tuple(sorted(undecided)),
        faults=tuple(sorted(faults)),
        decided=pairs - len(undecided) - len(faults),
    )


def _apply(  # noqa: PLR0917 three lists to fill, called once
    rule: Rule,
    resource: Resource,
    graph: Graph,
    findings: list[Finding],
    undecided: list[Undecided],
    faults: list[Fault],
) -> None:
    try:
        is_asked_as_part = resource.is_part and not rule.of_kinds
        answered = (said_by_patch if is_asked_as_part else _said)(rule.check, resource, graph)
        if isinstance(answered, str | bytes | Mapping):  # a text would be read letter by letter
            raise TypeError(f"answered {answered!r}, not a list of offences")  # noqa: TRY301 a fault like any other
        for said in answered:
            if not isinstance(said, Offence) or not said.problem:
                faults.append(
                    Fault(rule=rule.id, urn=resource.urn, message=f"answered {said!r}, not an offence")
                )
                continue
            findings.append(_finding(rule, resource, said))
    except UndecidedError as missing:
        undecided.append(
            Undecided(
                rule=rule.id, level=rule.level, urn=resource.urn, object=resource.source, message=str(missing)
            )
        )
    except KeyboardInterrupt:  # somebody at the keyboard, and no rule
        raise
    except BaseException as error:  # noqa: BLE001 a rule is code others write: whatever it raises, sys.exit(0) too, is a fault
        faults.append(Fault(rule=rule.id, urn=resource.urn, message=f"{type(error).__name__}: {error}"))


def _said(check: Check, resource: Resource, graph: Graph) -> Iterable[Offence]:
    return check(resource, graph)


def _finding(rule: Rule, resource: Resource, said: Offence) -> Finding:
    return Finding(
        rule=rule.id,
        level=rule.level,
        severity=rule.severity,
        urn=resource.urn,
        object=resource.source,
        path=said.path,
        value=said.value,
        message=said.message,
        fix=rule.fix,
    )
