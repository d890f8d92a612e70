"""What the installed ``pulumi_aws`` says of a resource type: inputs with their kinds, which are required, outputs.

The rehearsal has no schema of its own: what the program can write is what the installed package can write.
"""

import importlib
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pulumi import _types
from pulumi.runtime.rpc import UNKNOWN

_PYTHON = {str: "a string", bool: "true or false", int: "a whole number", float: "a number"}


@dataclass(frozen=True, kw_only=True)
class Shape:
    """``inputs``: Pulumi's names and their types; ``outputs`` do not hold ``id``."""

    inputs: Mapping[str, Any]
    required: frozenset[str]
    outputs: frozenset[str]

    def problems(self, inputs: Mapping[str, Any], *, ignored: frozenset[str] = frozenset()) -> list[str]:
        """What is wrong with inputs as they come from the engine; unknown values are not looked at."""
        lost = sorted(name for name in self.required if inputs.get(name) is None)
        found = [f"{name}: is required" for name in lost]
        for name, value in inputs.items():
            if name not in ignored:
                found += _checked(name, self.inputs.get(name), value)
        return found


@cache
def shape(type_: str) -> Shape:
    """The shape of a type such as ``aws:eks/cluster:Cluster``.

    Raises:
        LookupError: ``pulumi_aws`` has no such type.
    """
    package, module, name = type_.split(":")
    if package != "aws":
        raise LookupError(f"{type_}: is not a type of pulumi_aws")
    try:
        found = importlib.import_module(f"pulumi_aws.{module.partition('/')[0]}")
        resource = getattr(found, name)
        # The generator's name for them where a nested type is already called so.
        arguments = getattr(sys.modules[resource.__module__], f"{name}InitArgs", None)
        arguments = arguments or getattr(found, f"{name}Args")
    except (ImportError, AttributeError):
        raise LookupError(f"{type_}: the installed pulumi_aws has no such type") from None
    return Shape(
        inputs=_types.input_type_types(arguments),
        required=_required(arguments),
        outputs=frozenset(_types.resource_types(resource)),
    )


def _required(arguments: type) -> frozenset[str]:
    names = _types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments).parameters
    return frozenset(
        pulumi
        for python, pulumi in names.items()
        if python in parameters and parameters[python].default is inspect.Parameter.empty
    )


def _checked(place: str, kind: Any, value: Any) -> Iterator[str]:
    if kind is None:
        yield f"{place}: there is no such property"
        return
    kind = _plain(kind)
    if value is None or value == UNKNOWN or kind is Any:
        return
    if _types.is_input_type(kind):
        yield from _checked_object(place, kind, value)
    elif (of := typing.get_origin(kind)) is not None and issubclass(of, Sequence):
        yield from _checked_each(place, typing.get_args(kind)[0], value)
    elif of is not None:
        if not isinstance(value, Mapping):
            yield f"{place}: should be a mapping (got {value!r})"
        else:
            for key, item in value.items():
                yield from _checked(f"{place}.{key}", typing.get_args(kind)[1], item)
    elif kind in _PYTHON and not _is(kind, value):
        yield f"{place}: should be {_PYTHON[kind]} (got {value!r})"


def _checked_object(place: str, kind: Any, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: should be a mapping (got {value!r})"
        return
    known = _types.input_type_types(kind)
    for lost in sorted(_required(kind) - value.keys()):
        yield f"{place}.{lost}: is required"
    for key, item in value.items():
        yield from _checked(f"{place}.{key}", known.get(key), item)


def _checked_each(place: str, kind: Any, value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{place}: should be a list (got {value!r})"
        return
    for index, item in enumerate(value):
        yield from _checked(f"{place}[{index}]", kind, item)


def _plain(kind: Any) -> Any:
    """Without what may stand for a value: an awaitable, an output, none. Of several kinds that are left, any."""
    if typing.get_origin(kind) is not typing.Union:
        return kind
    left = [
        one
        for one in typing.get_args(kind)
        if one is not type(None) and "Awaitable" not in str(one) and "Output" not in str(one)
    ]
    if any(one is str for one in left):
        return str  # an enumeration, or its text
    return _plain(left[0]) if len(left) == 1 else Any


def _is(kind: type, value: Any) -> bool:
    """Whether a value is of a kind; the protocol knows one kind of number, and text stands for true and false."""
    if kind is bool:
        return isinstance(value, bool) or value in {"true", "false"}
    if kind is str:
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool)
