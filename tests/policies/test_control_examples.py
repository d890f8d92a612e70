"""A control is enforced only where a rule that says it holds it finds what the framework would refuse."""

from typing import Any

import pytest
import yaml

from policies.catalog import RULES
from policies.controls import committed
from policies.judge import judge
from policies.record import Graph
from tests.conftest import ROOT
from tests.policies.cases import resource

EXAMPLES: dict[str, dict[str, list[dict[str, Any]]]] = yaml.safe_load(
    (ROOT / "tests" / "policies" / "control_examples.yaml").read_text(encoding="utf-8")
)
BY_ID = {rule.id: rule for rule in RULES}
HOLDERS = {s.tag: [BY_ID[n] for n in s.by if n in BY_ID] for found in committed().values() for s in found}


def test_every_enforced_control_has_an_example():
    """Add one to tests/policies/control_examples.yaml, or say partly: what is missing."""
    enforced = {s.tag for found in committed().values() for s in found if s.state == "enforced"}
    assert {tag for tag in enforced if HOLDERS[tag]} - EXAMPLES.keys() == set()
    assert EXAMPLES.keys() - HOLDERS.keys() == set()


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
    graph = Graph([resource(type_, inputs) for type_, inputs in example.items()])
    found = judge(graph, [rule for rule in HOLDERS[tag] if rule.level == "mandatory"])
    assert found.faults == ()
    assert message in {finding.message for finding in found.findings}
