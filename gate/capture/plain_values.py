"""Plain data across the SDK's wire format, in one step: definitions of kinds are a quarter of a million values.

The SDK (3.272.0, ``pulumi/runtime/rpc.py``) asks each value on its way out and back whether it is an output, a
resource, an asset, a secret or unknown. What is plain to the last value has one answer, and is handed on as it is;
anything else goes the SDK's own way.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from google.protobuf import struct_pb2
from pulumi import Resource

from gate.capture.marks import SIGNATURE, is_unknown_mark

Way = Callable[..., Any]
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_HOLDING: Final = frozenset({dict, list})
_IDENTITY: Final = (Resource.translate_input_property, Resource.translate_output_property)


class _NotPlainError(Exception):
    """A value that only the SDK's own way may read."""


def is_plain(value: Any) -> bool:
    """Whether nothing in the value means anything but itself, on either side of the wire."""
    kind = type(value)
    if kind is dict:
        return SIGNATURE not in value and _are_texts(value) and _are_plain(value.values())
    if kind is list:
        return _are_plain(value)
    return kind in _SCALARS and not (kind is str and is_unknown_mark(value))


def _are_texts(keys: Iterable[Any]) -> bool:
    return all(type(key) is str for key in keys)


def _are_plain(values: Iterable[Any]) -> bool:
    """One loop: a call for each of a quarter of a million values would be most of what it saves."""
    for value in values:
        kind = type(value)
        if kind is str:
            if is_unknown_mark(value):
                return False
        elif kind in _HOLDING:
            if not is_plain(value):
                return False
        elif kind not in _SCALARS:
            return False
    return True


def serializing(own: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """``serialize_property`` that hands plain mappings and lists on as they are, where no name is translated."""

    async def serialize_property(value: Any, *args: Any, **kwargs: Any) -> Any:
        if type(value) in _HOLDING and _keeps_names(args, kwargs) and is_plain(value):
            return value
        return await own(value, *args, **kwargs)

    return serialize_property


def _keeps_names(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Of ``(deps, key, resource, translate, typ, ...)``: no translation, no type, no other form."""
    said = dict(zip(("deps", "property_key", "resource_obj", "input_transformer", "typ"), args, strict=False))
    said |= kwargs
    translate = said.get("input_transformer")
    return (
        said.get("typ") is None
        and not said.get("return_protobuf_value")
        and (translate is None or getattr(translate, "__func__", None) in _IDENTITY)
    )


def deserializing(own: Way) -> Way:
    """``deserialize_property`` that reads a plain struct in one walk."""

    def deserialize_property(
        value: Any, keep_unknowns: bool | None = None, keep_internal: bool | None = True
    ) -> Any:
        if isinstance(value, struct_pb2.Struct) and keep_internal is not False:
            try:
                return _read(value)
            except _NotPlainError:
                pass
        return own(value, keep_unknowns, keep_internal)

    return deserialize_property


def _read(struct: struct_pb2.Struct) -> dict[str, Any]:
    fields = struct.fields
    if SIGNATURE in fields:
        raise _NotPlainError
    found = ((key, _read_value(fields[key])) for key in fields)
    return {key: item for key, item in found if item is not None}  # as the SDK reads nested values


def _read_value(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        if is_unknown_mark(text):
            raise _NotPlainError
        return text
    if kind == "struct_value":
        return _read(value.struct_value)
    if kind == "list_value":
        return [_read_value(item) for item in value.list_value.values]
    return getattr(value, kind) if kind in {"number_value", "bool_value"} else None


def translating(own: Way) -> Way:
    """``translate_output_properties`` that hands plain data on, where no name and no type is translated."""

    def translate_output_properties(
        output: Any,
        output_transformer: Callable[[str], str],
        typ: type | None = None,
        transform_using_type_metadata: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        is_identity = (
            transform_using_type_metadata or getattr(output_transformer, "__func__", None) in _IDENTITY
        )
        if typ is None and is_identity and type(output) in _HOLDING and is_plain(output):
            return output
        return own(output, output_transformer, typ, transform_using_type_metadata, *args, **kwargs)

    return translate_output_properties


def looking_for_unknowns(own: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """``contains_unknowns`` that needs no list of what it has seen where all is plain."""
    return lambda value: not is_plain(value) and own(value)
