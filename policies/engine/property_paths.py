"""The values at a path of a resource's properties, in each of the ways in which people and providers write blocks."""

from collections.abc import Iterator, Mapping
from typing import Any

from policies.engine.values import UndecidedError, known, unfolded

Placed = tuple[str, Any]
"""Where a value stands, with indexes (``volumes[1].host.sourcePath``), and the value."""


def values_at(value: Any, path: str) -> Iterator[Any]:
    r"""Every value at a dotted path; None where something on the way is not set.

    ``*`` is each item of a list. A block may stand alone or as a list of one, a list of named values (``name``,
    ``value``) is read by name, and text that holds JSON is read as what it says. A dot inside a key is ``\.``.
    """
    yield from (found for _, found in places_at(value, path))


def places_at(value: Any, path: str) -> Iterator[Placed]:
    """The same values, each with the place it has or would have."""
    steps = [step.replace("\0", ".") for step in path.replace("\\.", "\0").split(".")]
    yield from _placed(value, steps, path, "")


def _placed(value: Any, steps: list[str], path: str, place: str) -> Iterator[Placed]:
    if known(value, path) is None or not steps:
        if value is not None or "*" not in steps:  # a list that is not there has no items
            yield below(place, *(step for step in steps if not step.isdigit())), value
        return
    opened = unfolded(value, path)
    step, *rest = steps
    if step == "*" and isinstance(opened, list | tuple):
        for index, item in enumerate(opened):
            yield from _placed(item, rest, path, f"{place}[{index}]")
    elif step == "*":
        yield from _placed(opened, rest, path, place)
    elif isinstance(opened, list | tuple):
        position = _index(opened, step)
        item, remaining = _item(opened, step), rest if _is_picked(opened, step) else steps
        yield from _placed(item, remaining, path, place if position is None else f"{place}[{position}]")
    elif isinstance(opened, Mapping):
        yield from _placed(opened.get(step), rest, path, below(place, step))
    else:
        raise UndecidedError(f"{path}: expected a mapping or a list, got {type(opened).__name__}")


def below(place: str, *steps: str) -> str:
    """A place further down; a key with a dot stands in brackets."""
    for step in steps:
        is_plain = "." not in step and "/" not in step
        place = (f"{place}.{step}" if place else step) if is_plain else f"{place}[{step}]"
    return place


def dotted(place: str) -> str:
    """A place as names of encrypted properties are written: ``volumes.1.name`` for ``volumes[1].name``."""
    return place.replace("[", ".").replace("]", "")


def _index(items: Any, step: str) -> int | None:
    """The position of the item that a step takes; None where the list has none like it."""
    if step.isdigit():
        return int(step)
    if _is_picked(items, step):
        names = [item.get("name") if isinstance(item, Mapping) else None for item in items]
        return names.index(step) if step in names else None
    return 0 if items else None


def _is_picked(items: Any, step: str) -> bool:
    """Whether a step takes one of several items, by position or by name."""
    return step.isdigit() or any(isinstance(item, Mapping) and "name" in item for item in items)


def _item(items: Any, step: str) -> Any:
    if step.isdigit():
        return items[int(step)] if int(step) < len(items) else None
    if _is_picked(items, step):
        return next((item for item in items if isinstance(item, Mapping) and item.get("name") == step), None)
    return items[0] if items else None
