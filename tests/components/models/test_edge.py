"""How a model's versions become its one route at the edge."""

from dataclasses import replace

import pytest

from components.gateway.model_route import Share, SmallerModel
from components.models.edge import edge_of, parallel_requests
from components.models.traffic import TrafficSettings
from releases import fail_soft
from releases.objectives import Objective, Objectives
from tests.components.model_examples import CHAT, EMBEDDING, model_args, second


def promises(plan, milliseconds):
    objective = Objective(indicator="latency", target=0.95, value_ms=milliseconds)
    return replace(plan, slo=Objectives(objectives=[objective]))


def of_task(task, names):
    return edge_of(model_args(replace(EMBEDDING, task=task), names=names))


@pytest.mark.parametrize(
    ("task", "interface", "path"),
    [
        ("text-embedding", "embeddings", ""),
        ("reranking", "rerank", "/openai/v1/rerank"),
        ("text-classification", "inference", ""),
        ("tabular", "inference", ""),
    ],
)
def test_a_predictive_model_is_reached_as_its_task_is_asked_for(names, task, interface, path):
    route = of_task(task, names)
    assert (route.interface, route.upstream_path, route.upstream_host) == (
        interface,
        path,
        "minilm.models.models.internal",
    )


def test_versions_of_a_predictive_model_stand_behind_one_address(names):
    both = edge_of(model_args(EMBEDDING, second(EMBEDDING), names=names))
    assert both.shares == of_task("text-embedding", names).shares
    assert both.shares == (Share(name="minilm", path="/openai/v1", percent=100),)
    assert of_task("tabular", names).shares == of_task("reranking", names).shares == ()


def test_each_version_of_a_language_model_has_its_address_and_its_share(names):
    traffic = TrafficSettings(stable="v1", candidate="v2", percent=10)
    route = edge_of(model_args(CHAT, second(CHAT), names=names, pool="l4", traffic=traffic))
    assert route.shares == (
        Share(name="support-chat-v1", path="/models/support-chat-v1/v1", percent=90, version="v1", slot="a"),
        Share(
            name="support-chat-v2",
            path="/models/support-chat-v2/v1",
            percent=10,
            most=10,
            version="v2",
            slot="b",
        ),
    )


def test_a_language_model_is_asked_for_by_its_name_alone(names):
    route = edge_of(model_args(CHAT, names=names, pool="l4"))
    assert (route.name, route.interface, route.upstream_host) == ("support-chat", "chat", "")
    assert (route.hostname, route.timeout) == ("models.example.com", "300s")
    assert route.tokens.audiences == ["models"]


def test_the_edge_lets_through_what_the_largest_version_holds_and_as_much_again(names):
    bigger = replace(second(EMBEDDING), concurrency=10)
    assert parallel_requests(model_args(EMBEDDING, names=names, least=2, most=6)) == 2 * 8 * 6
    assert parallel_requests(model_args(EMBEDDING, bigger, names=names, least=2, most=6)) == 2 * 10 * 6
    # The count of a language model is fixed at its least.
    assert parallel_requests(model_args(CHAT, names=names, pool="l4", least=2, most=4)) == 2 * 2 * 2


def test_what_the_stable_version_says_of_its_failure_is_what_the_edge_does(names):
    plan = (
        fail_soft.SmallerModel(kind="smaller-model", model="mini"),
        fail_soft.PoliteRefusal(kind="polite-refusal", message="Busy.", retry_after_seconds=90),
    )
    first, other = replace(CHAT, fail_soft=plan), second(CHAT)
    route = edge_of(replace(model_args(first, other, names=names, pool="l4"), stable={"mini": "v3"}))
    assert route.smaller_models == (SmallerModel(model="mini", backend="mini-v3"),)
    limits = (route.limits.smaller_model, route.limits.refusal, route.limits.retry_after_seconds)
    assert limits == (True, "Busy.", 90)
    assert edge_of(model_args(CHAT, names=names, pool="l4")).smaller_models == ()


@pytest.mark.parametrize(
    ("plan", "timeout"),
    [
        (promises(EMBEDDING, 50), "10s"),
        (promises(EMBEDDING, 2500), "25s"),
        (promises(EMBEDDING, 600_000), "3600s"),
        (EMBEDDING, "300s"),
        (promises(CHAT, 1000), "300s"),
    ],
)
def test_the_edge_waits_ten_times_the_objective_except_for_streams(names, plan, timeout):
    assert edge_of(model_args(plan, names=names, pool="l4")).timeout == timeout


def test_only_what_may_be_at_zero_is_said_to_wake(names):
    assert edge_of(model_args(EMBEDDING, names=names, least=0)).limits.waking_seconds == 45 + 12 + 60
    assert edge_of(model_args(EMBEDDING, names=names, least=1)).limits.waking_seconds == 0
