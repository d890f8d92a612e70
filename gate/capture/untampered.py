"""Whether a program left the gate's own code as it was: it runs in the same process."""

import sys
from collections.abc import Iterator, Mapping
from types import FunctionType, ModuleType
from typing import Any, Final

_OURS: Final = frozenset({"gate", "policies", "facts"})
_SDKS: Final = ("pulumi.runtime", "pulumi.output", "pulumi.resource")
_CODE: Final = (FunctionType, classmethod, staticmethod, property)


class Untampered:
    """What the gate, the rules and the SDK's runtime were when this was made."""

    def __init__(self) -> None:
        self._then = {name: dict(_parts(module)) for name, module in _watched()}

    def changed(self) -> list[str]:
        """A problem for each part that is another one now."""
        now = {name: dict(_parts(module)) for name, module in _watched()}
        return [
            f"the program changed {module}.{part}, which judges it"
            for module, parts in self._then.items()
            for part, value in parts.items()
            if module not in now or part not in now[module] or now[module][part] != value
        ]


def _watched() -> Iterator[tuple[str, ModuleType]]:
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and (name.partition(".")[0] in _OURS or name.startswith(_SDKS)):
            yield name, module


def _parts(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Functions and classes, and of the gate's own modules what they hold too."""
    is_ours = module.__name__.partition(".")[0] in _OURS
    for name, value in list(vars(module).items()):
        if name.startswith("__"):
            continue
        if isinstance(value, _CODE):
            yield name, _fingerprint(value)
        elif isinstance(value, type) and value.__module__ == module.__name__:
            yield name, id(value)
            for attribute, inner in list(vars(value).items()):
                if isinstance(inner, _CODE):
                    yield f"{name}.{attribute}", _fingerprint(inner)
        elif is_ours and not isinstance(value, ModuleType):
            yield name, _held(value)


def _fingerprint(code: Any) -> tuple[Any, ...]:
    if not isinstance(code, FunctionType):
        return (id(code),)
    named = code.__kwdefaults__ or {}
    return (
        id(code),
        id(code.__code__),
        tuple(map(id, code.__defaults__ or ())),
        tuple((k, id(v)) for k, v in named.items()),
    )


def _held(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        return (id(value), tuple((id(key), id(item)) for key, item in value.items()))
    if isinstance(value, list | tuple | set | frozenset):
        return (id(value), tuple(map(id, value)))
    return (id(value),)
