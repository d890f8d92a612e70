"""Models that stand in for others: they exist, and no detour leads back."""

from releases.fallbacks import fallback_problems
from releases.release import Release
from tests.releases.records import record


def named(model, *stand_ins):
    steps = [{"kind": "smaller-model", "model": name} for name in stand_ins]
    changes = {"model": model, "artifact.uri": f"s3://{{model_bucket}}/{model}-v1/", "fail_soft": steps}
    return {model: [Release.model_validate(record(change=changes))]}


def said(*models):
    return list(fallback_problems({name: versions for model in models for name, versions in model.items()}))


def test_a_chain_that_ends_is_fine():
    assert said(named("large", "medium", "small"), named("medium", "small"), named("small")) == []


def test_a_stand_in_that_does_not_exist_is_named():
    assert said(named("large", "smal"), named("small")) == [
        "releases/models/large/v1/release.yaml: fail_soft.0.model: no model 'smal'; there are large, small"
    ]


def test_every_way_round_is_shown_from_each_that_is_on_it():
    ways = ["a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c"]
    assert said(named("a", "b"), named("b", "c"), named("c", "a"), named("d", "a")) == [
        f"releases/models/{way[0]}/v1/release.yaml: fail_soft.0.model: {way} is a cycle; "
        "let one of them refuse politely"
        for way in ways
    ]
