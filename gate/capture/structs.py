"""Between Pulumi's wire format and plain data.

A test compares this reader with the SDK's own.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf import struct_pb2

from gate.capture.marks import RESOURCE_SIGNATURE, SECRET_SIGNATURE, SIGNATURE, UNKNOWN_MARK, UNKNOWN_MARKS
from policies.engine.graph import UNKNOWN, Unknown

_MARKS = tuple(mark.encode() for mark in sorted(UNKNOWN_MARKS))


def may_hold_unknowns(struct: struct_pb2.Struct) -> bool:
    """Whether the mark of an unknown stands anywhere in a struct: one look at its bytes, not at its values."""
    data = struct.SerializeToString()
    return any(mark in data for mark in _MARKS)


def plain(struct: struct_pb2.Struct, secrets: set[str] | None = None) -> dict[str, Any]:
    """A struct as plain data: unknowns become :data:`UNKNOWN`, secrets are opened and their paths noted.

    Keys come sorted: the wire's maps have another order in every run, and reports must not.
    """
    return {key: _value(value, key, secrets) for key, value in sorted(struct.fields.items())}


def _value(value: struct_pb2.Value, path: str, secrets: set[str] | None) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_MARKS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "struct_value":
        return _struct(value.struct_value, path, secrets)
    if kind == "list_value":
        return [_value(item, f"{path}.{i}", secrets) for i, item in enumerate(value.list_value.values)]
    if kind == "bool_value":
        return value.bool_value
    return None


def _struct(struct: struct_pb2.Struct, path: str, secrets: set[str] | None) -> Any:
    fields = struct.fields
    if SIGNATURE in fields:
        signature = fields[SIGNATURE].string_value
        if signature == SECRET_SIGNATURE:
            if secrets is not None:
                secrets.add(path)
            return _value(fields["value"], path, secrets)
        if signature == RESOURCE_SIGNATURE:
            return fields["urn"].string_value
    found = ((key, _value(item, f"{path}.{key}", secrets)) for key, item in sorted(fields.items()))
    return {key: item for key, item in found if item is not None}  # as the SDK reads nested values


def wired(value: Any) -> Any:
    """Plain data as the wire takes it: :data:`UNKNOWN` becomes the mark that the SDK reads as unknown."""
    if isinstance(value, Unknown):
        return UNKNOWN_MARK
    if isinstance(value, Mapping):
        return {key: wired(item) for key, item in value.items()}
    if isinstance(value, list):
        return [wired(item) for item in value]
    return value


def unknown_paths(value: Any, path: str = "") -> Iterator[str]:
    """Where in plain data the unknowns are."""
    if isinstance(value, Unknown):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from unknown_paths(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from unknown_paths(item, f"{path}.{i}")
