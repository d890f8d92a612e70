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


def two(fallback):
    def version(name, **changes):
        artifact = {"version": name, "artifact.uri": f"s3://{{model_bucket}}/minilm-{name}/"}
        return Release.model_validate(record(change={"model": "minilm", **artifact, **changes}))

    return {"minilm": [version("v1"), version("v2", rollout={"fallback": fallback})]}


def test_the_version_that_takes_over_is_another_that_exists():
    assert said(two("v1")) == []
    file = "releases/models/minilm/v2/release.yaml: rollout.fallback: "
    assert said(two("v2")) == [f"{file}v2 cannot take over from itself"]
    assert said(two("v3")) == [f"{file}no version 'v3' of minilm; there are v1, v2"]


def test_every_way_round_is_shown_from_each_that_is_on_it():
    ways = ["a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c"]
    assert said(named("a", "b"), named("b", "c"), named("c", "a"), named("d", "a")) == [
        f"releases/models/{way[0]}/v1/release.yaml: fail_soft.0.model: {way} is a cycle; "
        "let one of them refuse politely"
        for way in ways
    ]
