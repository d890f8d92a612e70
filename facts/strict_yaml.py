"""Reading YAML that people write: nothing is dropped or merged silently; problems name line and column."""

from collections.abc import Hashable
from typing import Any, Final

import yaml

MOST_VALUES: Final = 5_000_000
"""More than any file people write; every value costs memory once something walks over it."""
DEEPEST: Final = 200
"""As deep as anybody nests; libyaml makes values by calling itself, and ends the process a few thousand levels down."""
LONGEST: Final = 16 * 1024 * 1024
"""Characters of one text."""


class YamlProblem(ValueError):  # noqa: N818 it is a problem in somebody's file, and is caught to be listed as one
    """The text is not the YAML it should be; the message is one line with name, line and column."""


class _Loader(yaml.CSafeLoader):
    """The C loader, without silent last-one-wins for duplicate keys and without merge keys."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except yaml.YAMLError:
            raise
        except ValueError as error:  # 2026-13-45 looks like a date and is none
            raise _refusal(f"cannot be read: {error}", node) from None

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                raise _refusal("merge keys (<<) are refused; write the values where they count", key_node)
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                raise _refusal("a key should be text", key_node)
            if key in seen:
                raise _refusal(f"the key {key!r} stands here twice", key_node)
            seen.add(key)
        return super().construct_mapping(node, deep)


def load(text: str, name: str) -> Any:
    """The data of one YAML document.

    Args:
        text: the document.
        name: what the message calls it, for example its file name.

    Raises:
        YamlProblem: it cannot be parsed, holds several documents, a mapping has a key twice, it is longer or deeper
            than :data:`LONGEST` and :data:`DEEPEST`, or a value contains itself or grows beyond :data:`MOST_VALUES`
            by aliases.
    """
    return _read(text, name, _Loader)


def plain(text: str, name: str) -> Any:
    """The data of one document that others wrote, within the same bounds: merge keys and a key twice are theirs to use.

    Raises:
        YamlProblem: as :func:`load`, but for keys.
    """
    return _read(text, name, yaml.CSafeLoader)


def bounded(text: str, name: str) -> None:
    """Nothing, if a text is neither longer nor deeper than what is read here.

    Raises:
        YamlProblem: it is.
        yaml.YAMLError: it is no YAML.
    """
    if len(text) > LONGEST:
        raise YamlProblem(f"{name}: {len(text):,} characters; more than {LONGEST:,} are not read")
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader) if len(text) > DEEPEST else ():
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                where = f"line {event.start_mark.line + 1}: " if event.start_mark else ""
                raise YamlProblem(f"{name}: {where}nested more than {DEEPEST} deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _read(text: str, name: str, loader: type[yaml.CSafeLoader]) -> Any:
    try:
        bounded(text, name)
        data = yaml.load(text, Loader=loader)  # noqa: S506 a safe loader, or one made strict above
        _written_out(data, name, (), {})
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlProblem(f"{name}: {where}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlProblem(f"{name}: {' '.join(str(error).split())}") from None
    except (RecursionError, ValueError) as error:
        if isinstance(error, YamlProblem):
            raise
        raise YamlProblem(f"{name}: cannot be read: {error}") from None
    return data


def _refusal(message: str, node: yaml.Node) -> yaml.constructor.ConstructorError:
    return yaml.constructor.ConstructorError(None, None, message, node.start_mark)


def _written_out(value: Any, name: str, above: tuple[int, ...], known: dict[int, int]) -> int:
    """How many values there are once every alias is followed; each is counted once and looked up after that.

    An alias to a value around it would send every walk over the data round for ever, and a few lines of
    aliases to aliases would make it as good as endless.
    """
    if not isinstance(value, dict | list):
        return 1
    if id(value) in above:
        raise YamlProblem(f"{name}: an alias (*) refers to a value that contains it")
    if id(value) not in known:
        inside = value.values() if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_written_out(item, name, (*above, id(value)), known) for item in inside)
    if known[id(value)] > MOST_VALUES:
        raise YamlProblem(f"{name}: aliases (*) make more than {MOST_VALUES:,} values of it")
    return known[id(value)]
