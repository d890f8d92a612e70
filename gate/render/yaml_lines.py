"""Where in a YAML file each value stands."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from facts.strict_yaml import YamlProblem, bounded

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Value:
    """One key or list item: its path, the line its key stands on (from 1), and its text if it is a scalar."""

    path: Path
    line: int
    text: str = ""


def values(text: str) -> list[Value]:
    """Every value of one YAML document, in the order of the file; none if it cannot be parsed."""
    try:
        bounded(text, "text")
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, YamlProblem):
        return []
    return list(_below(root, ())) if root is not None else []


def _below(node: yaml.Node, path: Path) -> Iterator[Value]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _one(value, (*path, str(key.value)), key.start_mark.line)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _one(item, (*path, str(index)), item.start_mark.line)


def _one(node: yaml.Node, path: Path, line: int) -> Iterator[Value]:
    scalar = isinstance(node, yaml.ScalarNode)
    yield Value(path=path, line=line + 1, text=str(node.value) if scalar else "")
    yield from _below(node, path)
