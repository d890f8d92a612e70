"""Changing one value of YAML that people wrote: comments, order and layout of everything else stay as they are."""

import json
import textwrap
from collections.abc import Sequence
from typing import Any

import yaml

from facts.strict_yaml import YamlProblem, load

Step = str | int
Location = Sequence[Step]
_ENDLESS = 10**9
_LONGEST = 80
"""A longer mapping or list stands below its key."""


class YamlEditError(ValueError):
    """The text cannot be changed there; the message is one line that names the path."""


def changed(text: str, path: Location, value: Any) -> str:
    """The text with one value set. A key that is missing is added as the last of its mapping.

    Raises:
        YamlEditError: what should hold the value is not there, or the text is written in a way that only a person
            can change. Then nothing was changed.
    """
    data = _data(text, path)
    wanted = _apart(data)
    holder = _at(wanted, path[:-1], path)
    step, nodes = path[-1], _nodes(text, path[:-1])
    if not _put(holder, step, value):
        raise YamlEditError(f"{_said(path)}: {_said(path[:-1]) or 'file'} is no mapping")
    node = nodes[-1]
    in_flow = any(each.flow_style for each in nodes)
    if isinstance(holder, list):
        old = node.value[int(step)]
        return _checked(_replaced(text, old, _written(value, old, in_flow=in_flow)), wanted, path)
    for key, old in node.value:
        if key.value == str(step):
            below = None if in_flow else key.start_mark.column + 2
            new = _written(value, old, in_flow=in_flow, below=below)
            return _checked(_with_value(text, key, old, new), wanted, path)
    below = None if in_flow or not node.value else node.value[0][0].start_mark.column + 2
    entry = f"{_written(step)}:{_spaced(_written(value, in_flow=in_flow, below=below))}"
    return _checked(_added(text, node, entry), wanted, path)


def removed(text: str, path: Location) -> str:
    """The text without one key, its value, and the comment that stands right above it.

    Raises:
        YamlEditError: as :func:`changed`.
    """
    data = _data(text, path)
    wanted = _apart(data)
    holder = _at(wanted, path[:-1], path)
    if not isinstance(holder, dict) or path[-1] not in holder:
        raise YamlEditError(f"{_said(path)}: is not there")
    del holder[path[-1]]
    if not holder:
        return changed(text, path[:-1], {})
    node = _nodes(text, path[:-1])[-1]
    place = [key.value for key, _ in node.value].index(str(path[-1]))
    cut = _without_in_flow if node.flow_style else _without_in_block
    return _checked(cut(text, node, place), wanted, path)


def noted(text: str, path: Location, mark: str, note: str) -> str:
    """The text with a comment behind a value that begins with a mark; an empty note takes that comment away.

    Raises:
        YamlEditError: as :func:`changed`.
    """
    data = _data(text, path)
    _at(data, path, path)
    end = _end(text, _nodes(text, path)[-1])
    stop = text.find("\n", end)
    rest = text[end:] if stop < 0 else text[end:stop]
    kept = rest.partition(f"# {mark}")[0].rstrip() if f"# {mark}" in rest else rest.rstrip()
    words = " ".join(note.split())
    added = f"  # {mark}{words}" if words else ""
    return _checked(text[:end] + kept + added + ("" if stop < 0 else text[stop:]), data, path)


def block_of(text: str, path: Location) -> str:
    """A value as it is written, on one line if it stands on one.

    Raises:
        YamlEditError: there is no such value.
    """
    _at(_data(text, path), path, path)
    node = _nodes(text, path)[-1]
    return text[node.start_mark.index : _end(text, node)]


def _data(text: str, path: Location) -> Any:
    try:
        return load(text, "file")
    except YamlProblem as problem:
        raise YamlEditError(f"{_said(path)}: {problem}") from None


def _apart(data: Any) -> Any:
    """A copy in which what an alias repeats is a value of its own."""
    if isinstance(data, dict):
        return {key: _apart(value) for key, value in data.items()}
    return [_apart(value) for value in data] if isinstance(data, list) else data


def _put(holder: Any, step: Step, value: Any) -> bool:
    """Whether there is a place for it: any key of a mapping, an item that a list has."""
    is_item = isinstance(holder, list) and isinstance(step, int) and step in range(len(holder))
    if is_item or isinstance(holder, dict):
        holder[step] = value
        return True
    return False


def _at(data: Any, path: Location, whole: Location) -> Any:
    for index, step in enumerate(path):
        is_there = (
            step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))
        )
        if not is_there:
            raise YamlEditError(f"{_said(whole)}: there is no {_said(path[: index + 1])}")
        data = data[step]
    return data


def _nodes(text: str, path: Location) -> list[Any]:
    """The nodes on the way, the root first; the way exists."""
    found: list[Any] = [yaml.compose(text, Loader=yaml.SafeLoader)]
    for step in path:
        node = found[-1]
        if isinstance(node, yaml.SequenceNode):
            found.append(node.value[int(step)])
        else:
            found.append(next(value for key, value in node.value if key.value == str(step)))
    return found


def _end(text: str, node: Any) -> int:
    """Where a value ends; a block's own mark lies behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(node, yaml.MappingNode) else last)
    start: int = node.start_mark.index
    end: int = node.end_mark.index
    return start + len(text[start:end].rstrip()) if start < end else end


def _replaced(text: str, node: Any, new: str) -> str:
    return text[: node.start_mark.index] + new + text[_end(text, node) :]


def _with_value(text: str, key: Any, old: Any, new: str) -> str:
    """A value on one line that stood below its key comes behind it."""
    is_beside = old.start_mark.line == key.end_mark.line and old.start_mark.index < old.end_mark.index
    if is_beside and not new.startswith("\n"):
        return _replaced(text, old, new)
    colon = text.index(":", key.end_mark.index)
    return f"{text[: colon + 1]}{_spaced(new)}{text[max(colon + 1, _end(text, old)) :]}"


def _spaced(new: str) -> str:
    return new if new.startswith("\n") else f" {new}"


def _added(text: str, node: Any, entry: str) -> str:
    if node.flow_style:
        close = _end(text, node) - 1
        return text[:close] + (f", {entry}" if node.value else entry) + text[close:]
    column = node.value[0][0].start_mark.column
    end = _end(text, node)
    line_end = text.find("\n", end)
    where = len(text) if line_end < 0 else line_end
    return f"{text[:where]}\n{' ' * column}{entry}{text[where:]}"


def _without_in_flow(text: str, node: Any, place: int) -> str:
    key, value = node.value[place]
    start, end = key.start_mark.index, _end(text, value)
    if place + 1 < len(node.value):
        end = node.value[place + 1][0].start_mark.index
    else:
        start = _end(text, node.value[place - 1][1])
    return text[:start] + text[end:]


def _without_in_block(text: str, node: Any, place: int) -> str:
    key, value = node.value[place]
    lines = text.splitlines(keepends=True)
    first = key.start_mark.line
    last = text.count("\n", 0, _end(text, value))
    while (
        first > 0
        and lines[first - 1].lstrip().startswith("#")
        and _indent(lines[first - 1]) == key.start_mark.column
    ):
        first -= 1
    return "".join([*lines[:first], *lines[last + 1 :]])


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _written(value: Any, old: Any = None, *, in_flow: bool = True, below: int | None = None) -> str:
    """A value on one line, quoted as what it replaces was; a long one below its key, in that column."""
    if isinstance(value, str) and getattr(old, "style", None) == '"':
        return json.dumps(value, ensure_ascii=False)
    if not in_flow and not isinstance(value, dict | list):
        return _dumped(value).removesuffix("...\n").rstrip("\n")
    line = _dumped([value], default_flow_style=True).strip()[1:-1]
    if below is None or len(line) <= _LONGEST:
        return line
    return "\n" + textwrap.indent(_dumped(value).rstrip("\n"), " " * below)


def _dumped(value: Any, *, default_flow_style: bool = False) -> str:
    text: str = yaml.safe_dump(
        value, default_flow_style=default_flow_style, width=_ENDLESS, allow_unicode=True, sort_keys=False
    )
    return text


def _checked(text: str, wanted: Any, path: Location) -> str:
    """The text, if it says what was wanted: an alias, or a layout nobody thought of, is left to people."""
    try:
        is_so = load(text, "file") == wanted
    except YamlProblem:
        is_so = False
    if not is_so:
        raise YamlEditError(
            f"{_said(path)}: the file is written in a way that only a person can change; edit it"
        )
    return text


def _said(path: Location) -> str:
    return ".".join(str(step) for step in path)
