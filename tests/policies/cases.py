"""Rules are tested by tables: what passes, what fails and how, what is none of their business, what is unknown."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest

from policies.engine.catalog import rules_of
from policies.engine.evaluate import judge
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.packs import ALL


def resource(type_: str, inputs: Mapping[str, Any], name: str = "x", **extra: Any) -> Resource:
    urn = extra.pop("urn", f"urn:pulumi:test::slipway::{type_}::{name}")
    return Resource(urn=urn, type=type_, name=name, inputs=inputs, **extra)


OURS = resource("slipway:storage:ModelStore", {}, name="ours", custom=False)
"""A component of the platform: a case with it among its neighbours is asked as the platform pack asks."""


def platform_rules(*modules: str) -> tuple[Rule, ...]:
    """The rules of modules (``mesh.mesh``) as this platform's stacks are asked them."""
    found = (import_module(f"policies.rules.{name}") for name in modules)
    ids = {rule.id for module in found for rule in rules_of(module)}
    return tuple(rule for rule in ALL if rule.id in ids)


@dataclass(frozen=True)
class Case:
    """One resource and its neighbours; ``findings`` are the exact texts a failing case yields.

    ``elsewhere`` is what the stacks above have.
    """

    judged: Resource
    others: Sequence[Resource] = ()
    findings: Sequence[str] = ()
    elsewhere: Sequence[Resource] = ()


@dataclass(frozen=True, kw_only=True)
class RuleCases:
    passing: Sequence[Case]
    failing: Sequence[Case]
    not_applicable: Sequence[Case]
    undecided: Sequence[Case]


def cases_test(rules: Sequence[Rule], cases: Mapping[str, RuleCases]) -> Callable[..., None]:
    """A parametrised test over every case of every rule of a module."""
    table = []
    for rule in rules:
        for outcome, least in (("passing", 1), ("failing", 2), ("not_applicable", 1), ("undecided", 1)):
            found = getattr(cases[rule.id], outcome) if rule.id in cases else ()
            table.append(
                pytest.param(
                    rule, f"at least {least}", None, len(found) >= least, id=f"{rule.id}-has-{outcome}"
                )
            )
            table.extend(
                pytest.param(rule, outcome, case, None, id=f"{rule.id}-{outcome}-{i}")
                for i, case in enumerate(found)
            )
    unknown = sorted(set(cases) - {rule.id for rule in rules})

    @pytest.mark.parametrize(("rule", "outcome", "case", "enough"), table)
    def test_cases(rule: Rule, outcome: str, case: Case | None, enough: bool | None) -> None:
        assert unknown == []
        if case is None:
            assert enough, f"{rule.id} has too few cases ({outcome})"
            return
        asked = rule.in_platform_pack() if OURS in case.others else rule
        said = judge(Graph([case.judged, *case.others], case.elsewhere), [asked])
        found = [f.message for f in said.findings if f.urn == case.judged.urn]
        undecided = [u.message for u in said.undecided if u.urn == case.judged.urn]
        assert said.faults == ()
        if outcome == "failing":
            assert case.findings, "a failing case names its findings"
            assert sorted(found) == sorted(case.findings)
        else:
            assert found == []
        assert bool(undecided) == (outcome == "undecided"), undecided
        if outcome == "not_applicable":
            assert case.judged.type not in rule.applies_to or said.decided >= 1

    return test_cases
