"""Where in the judged manifests a property stands: the line of the value, or of the nearest thing that holds it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

_STEP: Final = re.compile(r"[^.\[\]]+|\[([^\]]*)\]")
_LIST: Final = "List"
_NO_NUMBER: Final = "~"


class Manifests:
    """The lines of files that hold Kubernetes objects; each file is read once, when it is first asked for."""

    def __init__(self) -> None:
        self._files: dict[str, list[yaml.Node]] = {}

    def line(self, urn: str, source: str, path: str) -> int:
        """The line of a property of one object, from 1; 0 where the file cannot be read again.

        Args:
            urn: of the object: of several that are called alike, its end says which.
            source: ``file#Kind/namespace/name``.
            path: in the words of the API; empty is the object itself.
        """
        file, _, name = source.rpartition("#")
        number = urn.removeprefix(source).removeprefix(_NO_NUMBER)
        alike = [node for node in self._objects(file) if _called(node) == name]
        index = int(number) - 1 if number.isdecimal() else 0
        return _line(alike[index], path) if index < len(alike) else 0

    def _objects(self, file: str) -> list[yaml.Node]:
        if file not in self._files:
            self._files[file] = list(_read(file))
        return self._files[file]


def _read(file: str) -> Iterator[yaml.Node]:
    try:
        text = Path(file).read_text(encoding="utf-8-sig")
        for root in yaml.compose_all(text, Loader=yaml.CSafeLoader):
            yield from _each(root)
    except (OSError, ValueError, RecursionError, yaml.YAMLError):  # it was readable when it was judged
        return


def _each(root: yaml.Node) -> Iterator[yaml.Node]:
    """Objects of a document; items of a list may leave out what the list says."""
    items = _under(root, "items")
    if _scalar(root, "kind").endswith(_LIST) and isinstance(items, yaml.SequenceNode):
        for item in items.value:
            if not _scalar(item, "kind") and isinstance(item, yaml.MappingNode):
                item.value.append((_text("kind"), _text(_scalar(root, "kind").removesuffix(_LIST))))
            yield from _each(item)
    elif isinstance(root, yaml.MappingNode):
        yield root


def _text(value: str) -> yaml.ScalarNode:
    return yaml.ScalarNode("tag:yaml.org,2002:str", value)


def _called(node: yaml.Node) -> str:
    metadata = _under(node, "metadata")
    name = _scalar(metadata, "name") or _scalar(metadata, "generateName") or "unnamed"
    return f"{_scalar(node, 'kind')}/{_scalar(metadata, 'namespace') or 'default'}/{name}"


def _under(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _scalar(node: yaml.Node | None, key: str) -> str:
    found = _under(node, key)
    return str(found.value) if isinstance(found, yaml.ScalarNode) else ""


def _line(node: yaml.Node, path: str) -> int:
    """As far as the path leads: of what is missing, the line of what would hold it."""
    line = node.start_mark.line
    for step in _STEP.finditer(path):
        found = _step(node, step[0] if step[1] is None else step[1])
        if found is None:
            break
        line, node = found
    return int(line) + 1


def _step(node: yaml.Node, step: str) -> tuple[int, yaml.Node] | None:
    """A key of a mapping; an item of a list by its position or by its name."""
    if isinstance(node, yaml.MappingNode):
        return next(((key.start_mark.line, value) for key, value in node.value if key.value == step), None)
    if not isinstance(node, yaml.SequenceNode):
        return None
    if step.isdecimal():
        item = node.value[int(step)] if int(step) < len(node.value) else None
    else:
        item = next((one for one in node.value if _scalar(one, "name") == step), None)
    return None if item is None else (item.start_mark.line, item)
