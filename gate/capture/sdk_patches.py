"""Every private name of Pulumi's SDK that a capture touches, in one place, and what holds where the SDK is another one.

Three patches only save time: the SDK (3.272.0) extracts the whole stack to name one line, walks every dependency to
look for a cycle, and asks each plain value what else it might be. Each has an equal in this folder, and a test holds
the two equal. Under a version they were not read for, or without one of the names, the SDK's own code runs: slower,
and right. What a capture cannot do without fails it instead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from pulumi import Output
from pulumi.runtime import resource as registering
from pulumi.runtime import resource_cycle_breaker as breaker
from pulumi.runtime import rpc

from gate.capture import plain_values
from gate.capture.cycles import Dependencies
from gate.capture.positions import nearest_frame
from gate.core.errors import CaptureError

READ_FOR: Final = "3.272.0"
"""The version of ``pulumi`` whose source the patches were read in; ``make check`` of another one measures them anew."""
_TRACE: Final = "_get_stack_trace"
_WALK: Final = "_reachable"
_ADD: Final = "_add_dep"
_DEPENDENCIES: Final = "_DEPENDENCIES_PROPERTY"
_SERIALIZE: Final = "serialize_property"
_DESERIALIZE: Final = "deserialize_property"
_TRANSLATE: Final = "translate_output_properties"
_UNKNOWNS: Final = "contains_unknowns"
_PATCHED: Final[tuple[tuple[ModuleType, str], ...]] = (
    (registering, _TRACE),
    (breaker, _WALK),
    (breaker, _ADD),
    (breaker, _DEPENDENCIES),
    (rpc, _SERIALIZE),
    (rpc, _DESERIALIZE),
    (rpc, _TRANSLATE),
    (rpc, _UNKNOWNS),
)


def is_known_sdk() -> bool:
    """Whether the patches fit the installed SDK: its version, and every name they replace."""
    return version("pulumi") == READ_FOR and all(hasattr(module, name) for module, name in _PATCHED)


@contextmanager
def patched(root: Path) -> Iterator[None]:
    """While the program runs: light positions, cycles and plain data, or the SDK's own where it is not known."""
    if not is_known_sdk():
        yield
        return
    known = Dependencies(getattr(breaker, _DEPENDENCIES))
    light = (
        (registering, _TRACE, nearest_frame(root)),
        (breaker, _WALK, known.reachable),
        (breaker, _ADD, known.add),
        (rpc, _SERIALIZE, plain_values.serializing(rpc.serialize_property)),
        (rpc, _DESERIALIZE, plain_values.deserializing(rpc.deserialize_property)),
        (rpc, _TRANSLATE, plain_values.translating(rpc.translate_output_properties)),
        (rpc, _UNKNOWNS, plain_values.looking_for_unknowns(rpc.contains_unknowns)),
    )
    own = [(module, name, getattr(module, name)) for module, name, _ in light]
    try:
        for module, name, function in light:
            setattr(module, name, function)
        yield
    finally:
        for module, name, function in own:
            setattr(module, name, function)


def state_of(output: Output[Any]) -> Any:
    """The future of what an output is: whether it is known, and of which resources.

    Raises:
        CaptureError: the SDK keeps it elsewhere, so that nobody could say which applies did not run.
    """
    return _private(output, "_data")


def name_of(resource: Any) -> str:
    """What a resource is called; it tells nobody else."""
    return str(_private(resource, "_name"))


def _private(thing: object, name: str) -> Any:
    try:
        return getattr(thing, name)
    except AttributeError:
        raise CaptureError(
            f"pulumi {version('pulumi')} has no {type(thing).__name__}.{name}: the gate was written for {READ_FOR} "
            "(gate/capture/sdk_patches.py)"
        ) from None
