"""Defects of a policy document: wider than it was, where taking a part out of it would only narrow it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

Where = tuple[str | int, ...]

_LISTS: Final = {"Action": "action", "Resource": "resource"}


def as_document(value: Any) -> Mapping[str, Any] | None:
    """The policy document a property holds, as data or as JSON; None where it is something else."""
    if isinstance(value, str) and '"Statement"' in value:
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, Mapping) and isinstance(value.get("Statement"), list) else None


def wider(document: Mapping[str, Any]) -> Iterator[tuple[Where, str, Any]]:
    """Every way to allow more or to deny less: where, what was done, and the value (None: taken out)."""
    for number, statement in enumerate(document["Statement"]):
        here: Where = ("Statement", number)
        if statement["Effect"] == "Deny":
            yield here, "IAM: denial taken out", None
            yield from _each(here, statement, "denied {} taken out", None)
        else:
            yield from _conditions(here, statement)
            yield from _each(here, statement, "{} widened", "*")
            if "Principal" in statement:
                yield (*here, "Principal"), "IAM: principal widened", "*"


def _each(
    here: Where, statement: Mapping[str, Any], said: str, value: Any
) -> Iterator[tuple[Where, str, Any]]:
    for key, name in _LISTS.items():
        items = statement.get(key, [])
        if not isinstance(items, list) or (value is None and len(items) < 2):  # noqa: PLR2004 the last is the statement
            continue
        for index, item in enumerate(items):
            wide = value if value is None or key == "Resource" else f"{item.partition(':')[0]}:*"
            if item not in {"*", wide}:
                yield (*here, key, index), f"IAM: {said.format(name)}", wide


def _conditions(here: Where, statement: Mapping[str, Any]) -> Iterator[tuple[Where, str, Any]]:
    found = statement.get("Condition", {})
    if found:
        yield (*here, "Condition"), "IAM: conditions taken out", None
    keys = [(operator, key) for operator, tests in found.items() for key in tests]
    for operator, key in keys if len(keys) > 1 else []:
        yield (*here, "Condition", operator, key), "IAM: condition taken out", None
