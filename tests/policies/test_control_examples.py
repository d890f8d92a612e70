"""A control is held only where a rule that says so finds what the framework would refuse."""

from typing import Any

import pytest
import yaml

from policies.engine.controls import committed
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.conftest import ROOT
from tests.policies.cases import OURS, resource

EXAMPLES: dict[str, dict[str, list[dict[str, Any]]]] = yaml.safe_load(
    (ROOT / "tests" / "policies" / "control_examples.yaml").read_text(encoding="utf-8")
)
BY_ID = {rule.id: rule for rule in ALL}
STANDINGS = {standing.tag: standing for found in committed().values() for standing in found}
HOLDERS = {tag: [BY_ID[name] for name in s.by if name in BY_ID] for tag, s in STANDINGS.items()}


def test_every_control_that_rules_hold_has_an_example():
    """Add one to tests/policies/control_examples.yaml. Outcomes of an organisation (NIST's) have none."""
    held = {tag for tag, rules in HOLDERS.items() if rules and not tag.startswith("ai-rmf:")}
    assert held - EXAMPLES.keys() == set()
    assert EXAMPLES.keys() - held == set()


@pytest.mark.parametrize(
    ("tag", "message", "example"),
    [
        pytest.param(tag, message, example, id=f"{tag}-{said}-{index}")
        for tag, messages in EXAMPLES.items()
        for said, (message, examples) in enumerate(messages.items())
        for index, example in enumerate(examples)
    ],
)
def test_what_a_framework_refuses_is_found(tag, message, example):
    graph = Graph([OURS, *(resource(type_, inputs) for type_, inputs in example.items())])
    partly = STANDINGS[tag].state == "partly"
    found = judge(graph, [rule for rule in HOLDERS[tag] if partly or rule.level == "mandatory"])
    assert found.faults == ()
    assert message in {finding.message for finding in found.findings}
