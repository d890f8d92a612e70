"""The SDK's check for cycles of dependencies, without a generator for every step.

Pulumi's SDK (3.272.0) walks everything a resource depends on each time another dependency is declared, in
recursive generators: a third of a capture. The same walk over a list finds the same answer.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pulumi.runtime import resource_cycle_breaker as sdk


def _reachable(from_resource: Any, to_resource: Any) -> bool:
    seen: set[Any] = set()
    todo = [from_resource]
    while todo:
        current = todo.pop()
        if current is to_resource:
            return True
        if current not in seen:
            seen.add(current)
            todo.extend(getattr(current, sdk._DEPENDENCIES_PROPERTY, ()))  # noqa: SLF001 a rename fails at once
    return False


@contextmanager
def light_cycles() -> Iterator[None]:
    """Replace the SDK's walk by the one above, while the program runs."""
    original = sdk._reachable  # noqa: SLF001 restored below; a rename fails at once
    sdk._reachable = _reachable  # noqa: SLF001 as above
    try:
        yield
    finally:
        sdk._reachable = original  # noqa: SLF001 as above
