"""Where in a file a message's path stands, so that an editor can be sent there."""

from typing import Any

import yaml

from facts.strict_yaml import YamlProblem, bounded


def line_of(text: str, path: str, below: tuple[str, ...] = ()) -> int:
    """The line (from 1) of a dotted path, or of as much of it as is there; 0 where the text cannot be read.

    ``below`` is where the path begins, for files whose content stands under a key.
    """
    try:
        bounded(text, "text")
        node: Any = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, YamlProblem):
        return 0
    line = 0
    for key in below:
        line, node = _step(node, key) or (line, None)
    return max(line, _deepest(node, path.split("."))) if node is not None else line


def _deepest(node: Any, steps: list[str]) -> int:
    """The line of the last key that is there; a key may have dots of its own."""
    for count in range(1, len(steps) + 1):
        found = _step(node, ".".join(steps[:count]))
        if found is not None:
            line, value = found
            return max(line, _deepest(value, steps[count:]))
    return 0


def _step(node: Any, key: str) -> tuple[int, Any] | None:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and key.isdigit() and int(key) < len(node.value):
        item = node.value[int(key)]
        return item.start_mark.line + 1, item
    return None
