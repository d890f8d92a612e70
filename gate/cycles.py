"""The SDK's check for cycles of dependencies, without walking where no cycle can be.

Pulumi's SDK (3.272.0) walks everything a resource depends on each time another dependency is declared, in
recursive generators: a third of a capture, and half of one with 100 models. A way back to a resource ends with a
dependency on it, so where nothing depends on it yet there is none; where something does, the same walk over a list
finds the same answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pulumi.runtime import resource_cycle_breaker as sdk

_OWN = sdk._DEPENDENCIES_PROPERTY  # noqa: SLF001 a rename fails at once


class _Known:
    """The dependencies declared so far, kept on the resources as the SDK keeps them."""

    def __init__(self) -> None:
        self.depended_on: set[Any] = set()

    def add(self, from_resource: Any, to_resource: Any) -> None:
        """A resource depends on another one; the set is the resource's own, so it may grow where it is."""
        own = getattr(from_resource, _OWN, None)
        if own is None:
            setattr(from_resource, _OWN, {to_resource})
        else:
            own.add(to_resource)
        self.depended_on.add(to_resource)

    def reachable(self, from_resource: Any, to_resource: Any) -> bool:
        """Whether one resource is, or depends on, the other."""
        if to_resource not in self.depended_on:
            return from_resource is to_resource
        seen: set[Any] = set()
        todo = [from_resource]
        while todo:
            current = todo.pop()
            if current is to_resource:
                return True
            if current not in seen:
                seen.add(current)
                todo.extend(getattr(current, _OWN, ()))
        return False


@contextmanager
def light_cycles() -> Iterator[None]:
    """Replace the SDK's walk by the one above, while the program runs."""
    walk, add = sdk._reachable, sdk._add_dep  # noqa: SLF001 restored below; a rename fails at once
    known = _Known()
    sdk._reachable, sdk._add_dep = known.reachable, known.add  # noqa: SLF001 as above
    try:
        yield
    finally:
        sdk._reachable, sdk._add_dep = walk, add  # noqa: SLF001 as above
