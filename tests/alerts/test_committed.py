"""Every rule of every committed stack and example is one that Prometheus loads."""

import pytest

from components.observability.platform_alerts import platform_rules
from tests.alerts.promtool import check
from tests.captured import STACKS, captured

RULE = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"


@pytest.mark.parametrize("stack", STACKS)
def test_prometheus_loads_the_rules_of_a_stack(stack, tmp_path):
    made = captured(stack).graph.of_type(RULE)
    for rule in made:
        check(tmp_path, rule.inputs["spec"]["groups"])
    if stack in {"dev", "prod-models", "staging-models"}:
        assert any(rule.name.endswith("-objectives") for rule in made)


def test_prometheus_loads_the_platforms_own(tmp_path):
    check(tmp_path, platform_rules("eu-central-1", ["g6.2xlarge"])["spec"]["groups"])
