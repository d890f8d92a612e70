"""Plain data takes one step across the wire, and comes out as the SDK's own code brings it."""

import asyncio
import re

import pytest
from google.protobuf import struct_pb2
from hypothesis import given
from hypothesis import strategies as st
from pulumi import Output, Resource
from pulumi.output import Unknown
from pulumi.runtime import rpc

from gate.capture import plain_values
from gate.capture.marks import SECRET_SIGNATURE, SIGNATURE
from gate.capture.structs import may_hold_unknowns

MARK = rpc.UNKNOWN
SCALARS = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text(max_size=4) | st.just(MARK)
)
KEYS = st.text(max_size=3)
SECRET = st.builds(lambda value: {SIGNATURE: SECRET_SIGNATURE, "value": value}, st.text(max_size=3))
DATA = st.recursive(
    SCALARS | SECRET,
    lambda below: st.lists(below, max_size=3) | st.dictionaries(KEYS, below, max_size=3),
    max_leaves=12,
)
same = Resource.translate_input_property.__get__(object())


def named(key):
    return f"_{key}"


def shown(value):
    """With unknowns by their kind: each is an object of its own."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


async def serialized(function, value, **how):
    return await function(value, [], "key", None, **{"input_transformer": same, **how})


@given(DATA)
def test_out_as_the_sdk_brings_it(value):
    light = plain_values.serializing(rpc.serialize_property)
    assert asyncio.run(serialized(light, value)) == asyncio.run(serialized(rpc.serialize_property, value))


@given(st.dictionaries(KEYS, DATA, max_size=3), st.booleans())
def test_back_as_the_sdk_brings_it(value, keep_internal):
    struct = struct_pb2.Struct()
    struct.update(value)
    light = plain_values.deserializing(rpc.deserialize_property)
    how = {"keep_unknowns": True, "keep_internal": keep_internal}
    assert shown(light(struct, **how)) == shown(rpc.deserialize_property(struct, **how))
    if MARK in repr(value):
        assert may_hold_unknowns(struct)


@given(DATA)
def test_translated_as_the_sdk_does(value):
    light = plain_values.translating(rpc.translate_output_properties)
    for translate in (Resource.translate_output_property.__get__(object()), named):
        assert light(value, translate) == rpc.translate_output_properties(value, translate)


@pytest.mark.parametrize("held", [Unknown(), {"a": [Unknown()]}, {"a": 1}, ["x", None]], ids=range(4))
def test_unknowns_are_found_as_the_sdk_finds_them(held):
    assert plain_values.looking_for_unknowns(rpc.contains_unknowns)(held) is rpc.contains_unknowns(held)


@pytest.mark.parametrize(
    "value",
    [{"a": Output}, {1: "a"}, {"a": (1,)}, {"a": MARK}, {SIGNATURE: "x"}, [[object()]], {"a": b"x"}],
    ids=["output", "key", "tuple", "unknown", "signature", "object", "bytes"],
)
def test_what_is_more_than_plain_goes_the_sdks_way(value):
    assert not plain_values.is_plain(value)


def test_names_are_translated_where_they_are():
    light = plain_values.serializing(rpc.serialize_property)
    assert asyncio.run(serialized(light, {"a": 1}, input_transformer=named)) == {"_a": 1}
