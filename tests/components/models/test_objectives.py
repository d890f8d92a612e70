"""The rules of a model: what it promises, and what its tokens did cost."""

from dataclasses import replace
from datetime import date

import pytest

from components.models.model_loading import Starts
from components.models.objectives import COST, cost_group, objectives_rule, recorded
from components.models.plan import ModelPlan, plan_of
from policies.analysis.observability.promql import series_of
from releases.load import find, load_releases
from releases.throughput import Throughput

STATED = Throughput(
    tokens_per_second=1850, machine="g6.2xlarge", replicas=2, source="bench", measured=date(2026, 11, 29)
)


@pytest.fixture
def plan():
    made = plan_of(find(load_releases(), "support-chat", "v1").release, "bucket", Starts(per_day=0, nodes=1))
    return ModelPlan(model="support-chat", releases={"v1": made})


def stating(plan, **said):
    return replace(plan, releases={"v1": replace(plan.releases["v1"], **said)})


def rule(plan, region="eu-central-1"):
    return objectives_rule(plan, "v1", "models", region)


def test_a_stated_throughput_is_a_series_of_what_tokens_did_cost(plan):
    made = rule(stating(plan, throughput=STATED))
    assert [group["name"] for group in made["spec"]["groups"]][-1] == "cost-support-chat"
    (recorded,) = made["spec"]["groups"][-1]["rules"]
    # Half of a machine of 1.22249 USD an hour, for each half minute that a pod was asked.
    assert recorded == {
        "record": COST,
        "labels": {"model": "support-chat"},
        "expr": (
            '1000 * 0.611245 * sum(count_over_time(up{namespace="models",slipway_dev_model="support-chat"}[1h]))'
            " * 30 / 3600 / (sum(increase(gen_ai_client_token_usage_sum{"
            'gen_ai_original_model="support-chat",gen_ai_token_type=~"input|output"}[1h])) > 0)'
        ),
    }
    assert series_of(recorded["expr"]) == {"up", "gen_ai_client_token_usage_sum"}


def test_without_a_throughput_or_a_price_there_is_no_such_series(plan):
    assert "cost" not in str(rule(plan))
    assert cost_group("support-chat", "models", STATED, "sa-east-1") == []


def test_a_model_that_promises_nothing_has_rules_only_for_its_cost(plan):
    assert rule(stating(plan, slo=None)) is None
    made = rule(stating(plan, slo=None, throughput=STATED))
    assert [group["name"] for group in made["spec"]["groups"]] == ["cost-support-chat"]


def test_a_release_with_the_most_objectives_stays_within_forty_recorded_series(plan):
    four = plan.releases["v1"].slo.objectives
    more = [*four, four[0].model_copy(update={"indicator": "latency", "value_ms": 1000})]
    slo = plan.releases["v1"].slo.model_copy(update={"objectives": more[:4]})
    made = rule(stating(plan, slo=slo, throughput=STATED))["spec"]["groups"]
    assert (len(slo.objectives), recorded(made), "cost-support-chat" in str(made)) == (4, 40, False)
