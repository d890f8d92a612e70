"""The values at a path of a resource's properties, in each of the ways in which people and providers write blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.values import UndecidedError, known, unfolded


def values_at(value: Any, path: str) -> Iterator[Any]:
    r"""Every value at a dotted path; None where something on the way is not set.

    ``*`` is each item of a list. A block may stand alone or as a list of one, a list of named values (``name``,
    ``value``) is read by name, and text that holds JSON is read as what it says. A dot inside a key is ``\.``.
    """
    steps = [step.replace("\0", ".") for step in path.replace("\\.", "\0").split(".")]
    yield from _values(value, steps, path)


def _values(value: Any, steps: list[str], path: str) -> Iterator[Any]:
    if known(value, path) is None or not steps:
        if value is not None or "*" not in steps:  # a list that is not there has no items
            yield value
        return
    opened = unfolded(value, path)
    step, *rest = steps
    if step == "*":
        for item in opened if isinstance(opened, list | tuple) else [opened]:
            yield from _values(item, rest, path)
    elif isinstance(opened, list | tuple):
        yield from _values(_item(opened, step), rest if _is_picked(opened, step) else steps, path)
    elif isinstance(opened, Mapping):
        yield from _values(opened.get(step), rest, path)
    else:
        raise UndecidedError(f"{path}: expected a mapping or a list, got {type(opened).__name__}")


def _is_picked(items: Any, step: str) -> bool:
    """Whether a step takes one of several items, by position or by name."""
    return step.isdigit() or any(isinstance(item, Mapping) and "name" in item for item in items)


def _item(items: Any, step: str) -> Any:
    if step.isdigit():
        return items[int(step)] if int(step) < len(items) else None
    if _is_picked(items, step):
        return next((item for item in items if isinstance(item, Mapping) and item.get("name") == step), None)
    return items[0] if items else None
