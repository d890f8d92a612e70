"""One defect more: a part of a document becomes something else, goes away, or stands there twice."""

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What the engine writes for a value that is not known yet."""
ODD = st.sampled_from(
    [
        None, True, False, 0, -1, 3, 2**63, 1e300, 0.5, "", "x", "*", "true", "0", "-1", "9" * 30, "10.0.0.0/33",
        "::/0", "0.0.0.0/0", "arn:aws:iam::111122223333:role/x", "arn:", "{", '{"Statement": 3}', '{"Statement": [[]]}',
        '{"Statement": {"Effect": "Allow", "Action": {}, "Resource": [3]}}', "[" * 2000, "${x}", "{{ .Name }}", "a\nb",
        "\u202e\U0001f600", UNKNOWN_TEXT, [], [None], [3], ["x"], [[]], [{}], {}, {"x": None}, {"": ""}, {"name": 3},
        "[]", {"a": {"b": [{}]}}, {"Ref": "x"}, {"0": 1},
    ]
)  # fmt: skip
ACTIONS = st.sampled_from(["replace", "replace", "replace", "delete", "twice", "wrap", "inside", "rename"])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a document; the document itself does not count."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


@st.composite
def mutated(draw: st.DrawFn, document: Any) -> Any:
    """A copy of a document with one to three defects."""
    made = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(made))
        if found:
            _change(made, draw(st.sampled_from(found)), draw(ACTIONS), draw(ODD))
    return made


def _change(document: Any, path: tuple[Any, ...], action: str, odd: Any) -> None:
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    key = path[-1]
    odd = copy.deepcopy(odd)
    if action == "delete":
        del holder[key]
    elif action == "twice" and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif action == "wrap":
        holder[key] = [holder[key]]
    elif action == "inside":
        holder[key] = {"x": holder[key]}
    elif action == "rename" and isinstance(holder, dict):
        holder[f"{key}x"] = holder.pop(key)
    else:
        holder[key] = odd
