"""A tool's schema admits what JSON Schema's own validator admits, and nothing that is unbounded."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from releases.agent_schema import MappingSchema, as_json_schema, faults

SCHEMA = MappingSchema.model_validate(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "name": {"type": "string", "maxLength": 5, "pattern": "[a-z]*"},
            "kind": {"type": "string", "enum": ["open", "closed"]},
            "count": {"type": "integer", "minimum": 0, "maximum": 9},
            "rate": {"type": "number", "minimum": 0, "maximum": 1},
            "is_new": {"type": "boolean"},
            "tags": {"type": "array", "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
        },
        "required": ["name"],
    }
)
NAMES = ["name", "kind", "count", "rate", "is_new", "tags", "other"]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 11),
    st.floats(-1, 2),
    st.sampled_from(["", "ab", "abcdef", "AB", "open", "closed"]),
    st.lists(st.sampled_from(["a", "abcd", 1]), max_size=3),
    st.dictionaries(st.sampled_from(NAMES), st.integers(), max_size=2),
)


@given(st.one_of(VALUES, st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6)))
def test_it_admits_what_jsonschema_admits(value: Any) -> None:
    theirs = as_json_schema(SCHEMA)
    # JSON Schema looks for a pattern anywhere, and takes 1.0 for a whole number.
    theirs["properties"]["name"]["pattern"] = "^(?:[a-z]*)$"
    if isinstance(value, dict) and isinstance(value.get("count"), float):
        return
    is_theirs = not list(jsonschema.Draft202012Validator(theirs).iter_errors(value))

    assert (list(faults(SCHEMA, value)) == []) is is_theirs


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"name": "ab", "tags": ["abc"]}, []),
        ({}, ["name: is required"]),
        ("x", ["value: should be a mapping (got 'x')"]),
        ({"name": "abcdef"}, ["name: should have at most 5 characters, has 6 (got 'abcdef')"]),
        ({"name": "ab", "kind": "new"}, ["kind: should be one of open, closed (got 'new')"]),
        ({"name": "ab", "count": True}, ["count: should be a whole number (got True)"]),
        ({"name": "ab", "rate": float("nan")}, ["rate: should be between 0 and 1 (got nan)"]),
        ({"name": "ab", "tags": ["abcd"]}, ["tags.0: should have at most 3 characters, has 4 (got 'abcd')"]),
        (
            {"name": "ab", "to": 1},
            ["to: unknown key; allowed are name, kind, count, rate, is_new, tags"],
        ),
    ],
)
def test_what_it_does_not_admit_is_said_with_its_path(value: Any, expected: list[str]) -> None:
    assert list(faults(SCHEMA, value)) == expected
