"""Two sides of a resource's properties: every value that differs, at its path."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from gate.difference.record import Change

_LABELS: Final = ("Sid", "sid", "name", "key", "id")
"""What tells one item of a list from another, so that an item that is put between two others is one difference."""


def property_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Every value that differs; JSON texts are compared inside, and tags with the provider's defaults."""
    yield from _compared(_merged(before), _merged(after), "")


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value with its path; JSON texts are read."""
    value = _read(value)
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from leaves(item, _below(path, str(key)))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, _below(path, str(index)))
    else:
        yield path, value


def _merged(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    if "tagsAll" not in inputs:
        return inputs
    return {**{k: v for k, v in inputs.items() if k != "tagsAll"}, "tags": inputs["tagsAll"]}


def _compared(before: Any, after: Any, path: str) -> Iterator[Change]:
    old, new = _read(before), _read(after)
    if _exactly(old) == _exactly(new):
        return
    # What comes or goes as a whole is told value by value too.
    if isinstance(new, Mapping | list) and new and old is None:
        old = type(new)()
    if isinstance(old, Mapping | list) and old and new is None:
        new = type(old)()
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            yield from _compared(old.get(key), new.get(key), _below(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    else:
        # A word and what it is written like, such as "true" and true, differ by their quotes alone.
        write = _exactly if _text(old) == _text(new) else _text
        yield Change(path=path, before=write(old), after=write(new))


def _lists(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[Change]:
    label = next((key for key in _LABELS if _tells_apart(old, key) and _tells_apart(new, key)), None)
    if label is None:
        yield from _in_sequence(old, new, path)
        return
    mine, theirs = ({item[label]: item for item in side} for side in (old, new))
    for name in sorted(mine.keys() | theirs.keys()):
        yield from _compared(mine.get(name), theirs.get(name), f"{path}[{name}]")
    orders = [[name for name in side if name in mine and name in theirs] for side in (mine, theirs)]
    if orders[0] != orders[1]:
        yield Change(path=f"{path}, their order", before=", ".join(orders[0]), after=", ".join(orders[1]))


def _tells_apart(items: Sequence[Any], key: str) -> bool:
    """Whether every item has another text under this key."""
    found = [item.get(key) for item in items if isinstance(item, Mapping)]
    texts = {name for name in found if isinstance(name, str)}
    return len(texts) == len(items)


def _in_sequence(old: Sequence[Any], new: Sequence[Any], path: str) -> Iterator[Change]:
    """Items without names: what both sides have in the same order stays; what stands between is compared in pairs."""
    same = SequenceMatcher(a=[_exactly(i) for i in old], b=[_exactly(i) for i in new], autojunk=False)
    for what, start, end, begin, finish in same.get_opcodes():
        if what == "equal":
            continue
        for offset in range(max(end - start, finish - begin)):
            left, right = start + offset, begin + offset
            number = right if right < finish else left
            yield from _compared(
                old[left] if left < end else None,
                new[right] if right < finish else None,
                _below(path, str(number)),
            )


def _read(value: Any) -> Any:
    """What a JSON text holds; anything else as it is."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _text(value: Any) -> str:
    """A value for a reader; nothing where there is none."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)


def _exactly(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
