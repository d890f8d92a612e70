import pytest

from gate.difference.properties import leaves
from gate.difference.record import Change
from gate.difference.resources import likeness, resource_changes

BUCKET = "aws:s3/bucket:Bucket"
QUEUE = "aws:sqs/queue:Queue"


def recorded(name, inputs, type_=BUCKET, **more):
    urn = f"urn:pulumi:s::slipway::{type_}::{name}"
    return {"urn": urn, "type": type_, "name": name, "component": "c", "inputs": inputs, **more}


def said(before, after):
    return [(c.kind, c.name, c.was, c.endangers) for c in resource_changes(before, after)]


def test_equal_sides_differ_in_nothing():
    sides = [recorded("a", {"bucket": "x"}), recorded("b", {"bucket": "y"})]
    assert resource_changes(sides, sides[::-1]) == []


def test_what_comes_goes_and_changes_is_told_apart():
    before = [
        recorded("old", {"bucket": "o", "a": 1}),
        recorded("same", {"bucket": "s", "forceDestroy": False}),
    ]
    after = [recorded("same", {"bucket": "s", "forceDestroy": True}), recorded("new", {"x": 1}, QUEUE)]
    assert said(before, after) == [
        ("removed", "old", "", "every object in it"),
        ("changed", "same", "", ""),
        ("added", "new", "", ""),
    ]


def test_an_identity_that_changes_makes_the_resource_anew():
    (change,) = resource_changes([recorded("a", {"bucket": "x"})], [recorded("a", {"bucket": "y"})])
    assert (change.kind, change.endangers) == ("replaced", "every object in it")
    assert change.changes == (Change(path="bucket", before="x", after="y"),)


def test_a_new_logical_name_without_an_alias_is_destroy_and_create():
    inputs = {"bucket": "x", "forceDestroy": False, "tags": {"a": "b", "c": "d"}}
    renamed = {**inputs, "tags": {"a": "b", "c": "e"}}  # three of four properties are the same
    old, new = recorded("old", inputs), recorded("new", renamed)
    assert likeness(dict(leaves(inputs)), dict(leaves(renamed))) == 0.75
    assert said([old], [new]) == [("renamed", "new", "old", "every object in it")]


def test_what_is_protected_is_not_destroyed_before_somebody_takes_that_away():
    old, gone = recorded("old", {"bucket": "x"}, protect=True), recorded("a", {"bucket": "y"}, protect=True)
    (renamed,) = resource_changes([old], [recorded("new", {"bucket": "x"})])
    (removed,) = resource_changes([gone], [])
    (replaced,) = resource_changes([gone], [recorded("a", {"bucket": "z"}, protect=True)])
    (changed,) = resource_changes([gone], [recorded("a", {"bucket": "y", "b": 1})])
    assert [c.was_protected for c in (renamed, removed, replaced, changed)] == [True, True, True, False]
    (moved,) = resource_changes([old], [recorded("new", {"bucket": "x"}, aliases=["old"])])
    assert not moved.was_protected


def test_a_kubernetes_object_under_another_name_is_another_object():
    def named(name):
        return recorded("s", {"metadata": {"name": name}, "spec": {"a": 1}}, "kubernetes:core/v1:Service")

    (change,) = resource_changes([named("a")], [named("b")])
    assert (change.kind, change.endangers) == ("replaced", "")


@pytest.mark.parametrize("alias", ["old", f"urn:pulumi:s::slipway::{BUCKET}::old"])
def test_an_alias_makes_it_a_move_that_loses_nothing(alias):
    new = recorded("new", {"bucket": "x"}, aliases=[alias])
    assert said([recorded("old", {"bucket": "x"})], [new]) == [("moved", "new", "old", "")]


def test_unlike_resources_are_not_taken_for_one():
    before, after = [recorded("a", {"bucket": "x", "p": 1})], [recorded("b", {"bucket": "y", "q": 2})]
    assert [kind for kind, *_ in said(before, after)] == ["removed", "added"]
    assert likeness({"a": 1}, {"b": 1}) == 0.0
    assert likeness({}, {}) == 1.0


def test_components_and_providers_are_left_out():
    parts = [recorded("x", {}, "slipway:network:Network"), recorded("y", {}, "pulumi:providers:aws")]
    assert resource_changes([], parts) == []


def test_a_list_in_what_makes_a_resource_anew_counts_however_its_items_are_told_apart():
    def side(key):
        return recorded(
            "r", {"encryptionConfigurations": [{"name": "k", "kmsKey": key}]}, "aws:ecr/repository:Repository"
        )

    (change,) = resource_changes([side("a")], [side("b")])
    assert (change.kind, change.changes[0].path) == ("replaced", "encryptionConfigurations[k].kmsKey")
