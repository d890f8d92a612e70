"""Values are found in each way in which blocks, lists and texts are written; what cannot be read is never "not set"."""

import pytest

from policies.engine.graph import UNKNOWN
from policies.engine.property_paths import places_at, values_at
from policies.engine.values import UndecidedError


@pytest.mark.parametrize(
    ("inputs", "path", "values"),
    [
        ({"a": {"b": 1}}, "a.b", [1]),
        ({"a": [{"b": 1}]}, "a.b", [1]),
        ({"a": [{"b": 1}, {"b": 2}, {}]}, "a.*.b", [1, 2, None]),
        ({"a": {"b": 1}}, "a.*.b", [1]),
        ({}, "a.b", [None]),
        ({}, "a.*.b", []),
        ({"a": []}, "a.b", [None]),
        ({"a": []}, "a.0.b", [None]),
        ({"a": [{"name": "x.y", "value": "0"}]}, "a.x\\.y.value", ["0"]),
        ({"a": [{"name": "z", "value": "0"}]}, "a.x\\.y.value", [None]),
        ({"a": '{"b": {"c": false}}'}, "a.b.c", [False]),
        ({"a": '[{"b": true}]'}, "a.*.b", [True]),
    ],
)
def test_what_stands_at_a_path(inputs, path, values):
    assert list(values_at(inputs, path)) == values


@pytest.mark.parametrize("inputs", [{"a": UNKNOWN}, {"a": {"b": UNKNOWN}}, {"a": 3}, {"a": "no JSON"}])
def test_what_cannot_be_read_is_said(inputs):
    with pytest.raises(UndecidedError, match=r"a\.b"):
        list(values_at(inputs, "a.b"))


@pytest.mark.parametrize(
    ("inputs", "path", "places"),
    [
        ({"a": {"b": 1}}, "a.b", ["a.b"]),
        ({"a": [{"b": 1}, {}]}, "a.*.b", ["a[0].b", "a[1].b"]),
        ({"a": [{"b": 1}]}, "a.b", ["a[0].b"]),
        ({}, "a.0.b", ["a.b"]),
        ({"a": [{"name": "x.y", "value": "0"}]}, "a.x\\.y.value", ["a[0].value"]),
        ({"a": {}}, "a.x\\.y.value", ["a[x.y].value"]),
        ({"a": '{"b": {"c": false}}'}, "a.b.c", ["a.b.c"]),
    ],
)
def test_where_what_stands_at_a_path_stands(inputs, path, places):
    assert [place for place, _ in places_at(inputs, path)] == places
