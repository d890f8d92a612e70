"""Reading text that others wrote, with bounds on what it may cost."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 200
MOST_MERGED = 100_000
"""Keys that merge keys (``<<``) may add to one file."""
_FREE_GROWTH = 100_000
_MOST_GROWTH = 10
"""How many times larger aliases may make a file than what is written in it; small files may grow freely."""
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:\.Values|\.Release|\.Chart|\.Capabilities|\.Files|\$|/\*|(?:include|template|define|block|if|range|with|end|else|"
    r"toYaml|tpl|printf|default|required|quote|lookup)\b)"
)
"""What Helm's templates hold. KServe's own placeholders ({{ .Name }}) are part of an object and no template."""


_SURROGATE = re.compile("[\ud800-\udfff]")


class DamageError(ValueError):
    """A file is not what can be judged; the message says why."""


class _Loader(yaml.CSafeLoader):
    """Reads what the API server would: as YAML's JSON subset, with keys as text and without dates.

    ``kubectl`` turns YAML into JSON first: a date, ``12:30`` or ``=`` are text there, ``1e3`` is a number and
    the key ``1`` is ``"1"``. A key that stands twice is refused.
    """

    merged = 0

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        own = [pair for pair in node.value if pair[0].tag != _MERGE]
        sources = [value for key, value in node.value if key.tag == _MERGE]
        node.value = own  # before the sources: a mapping that merges itself ends here
        inherited: list[tuple[yaml.Node, yaml.Node]] = []
        for source in sources:
            parts = list(reversed(source.value)) if isinstance(source, yaml.SequenceNode) else [source]
            for part in parts:
                if not isinstance(part, yaml.MappingNode):
                    raise DamageError(f"{_line(source)}: << takes a mapping or a list of them")
                self.flatten_mapping(part)
                self.merged += len(part.value)
                if self.merged > MOST_MERGED:
                    raise DamageError(f"merge keys (<<) add more than {MOST_MERGED} keys")
                inherited.extend(part.value)
        pairs = {(key.tag, str(key.value)): (key, value) for key, value in inherited + own}
        node.value = list(pairs.values()) if sources else own

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = _key(self.construct_object(key_node, deep=True), key_node) if key_node.tag != _MERGE else ""
            if key in seen:
                raise DamageError(f"{_line(key_node)}: the key {key!r} stands here twice")
            if key_node.tag != _MERGE:
                seen.add(key)
        self.flatten_mapping(node)
        return {
            _key(self.construct_object(key, deep=True), key): self.construct_object(value, deep=deep)
            for key, value in node.value
        }


def _key(key: Any, node: yaml.Node) -> str:
    if isinstance(key, bool):
        return "true" if key else "false"
    if not isinstance(key, str | int | float):
        raise DamageError(f"{_line(node)}: a key should be text")
    return str(key)


def _line(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


_MERGE = "tag:yaml.org,2002:merge"
_INT, _FLOAT = "tag:yaml.org,2002:int", "tag:yaml.org,2002:float"
_ANOTHER_WAY = {"tag:yaml.org,2002:value", "tag:yaml.org,2002:timestamp", _INT, _FLOAT}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _ANOTHER_WAY]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    _INT, re.compile(r"^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+)$"), list("-+0123456789")
)
_Loader.add_implicit_resolver(
    _FLOAT,
    re.compile(
        r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$"
    ),
    list("-+0123456789."),
)


def documents(path: Path) -> Iterator[Any]:
    """The documents of a JSON or YAML file.

    Raises:
        DamageError: too large, too deep, swollen by aliases, not UTF-8, a template, not JSON or YAML at all, or
            holding what JSON cannot hold.
    """
    for document in _parsed(path):
        _check(document)
        yield document


def _parsed(path: Path) -> Iterator[Any]:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DamageError(f"has {size} bytes; more than {LARGEST_FILE} are not read")
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DamageError(f"is not UTF-8 (byte {error.start})") from None
    if "\0" in text:
        raise DamageError("holds a NUL byte")
    if path.suffix == ".json":
        _check_depth(text)
        yield _json(text)
        return
    template = _TEMPLATE.search(text)
    if template is not None:
        line = text[: template.start()].count("\n") + 1
        raise DamageError(
            f"line {line}: an unrendered template; render it first (helm template) and judge the result"
        )
    _check_depth(text)
    try:
        yield from yaml.load_all(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DamageError(f"{where}is not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise DamageError(f"is not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise DamageError(f"is nested more than {DEEPEST} deep") from None


def plain_json(text: str) -> Any:
    """The data of a JSON text.

    Raises:
        DamageError: it is not JSON, is too deep, has a key twice or holds what JSON cannot hold.
    """
    _check_depth(text)
    data = _json(text)
    _check(data)
    return data


def _json(text: str) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            twice = next(k for i, (k, _) in enumerate(pairs) if k in dict(pairs[:i]))
            raise DamageError(f"the key {twice!r} stands twice in one mapping")
        return made

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise DamageError(f"line {error.lineno}: is not JSON: {error.msg}") from None
    except RecursionError:
        raise DamageError(f"is nested more than {DEEPEST} deep") from None


def _check_depth(text: str) -> None:
    """Parsers recurse: libyaml itself falls over at some 100,000 brackets."""
    depth = deepest = 0
    for character in re.findall(r"[\[\]{}]", text):
        depth += 1 if character in "[{" else -1
        deepest = max(deepest, depth)
        if deepest > DEEPEST * 5:
            raise DamageError(f"is nested more than {DEEPEST * 5} deep")
    widest = max((len(m) for m in re.findall(r"^(?:- )+|^ +", text, flags=re.MULTILINE)), default=0)
    if widest > DEEPEST * 10:
        raise DamageError(f"is indented more than {DEEPEST * 10} columns")


def _check(document: Any) -> None:
    """Refuse what no walk over the data would survive, and what JSON cannot hold."""
    known: dict[int, tuple[int, int]] = {}
    whole, _ = _written_out(document, "", 0, known)
    written = sum(1 + direct for _, direct in _sizes(document))
    if whole > _FREE_GROWTH + _MOST_GROWTH * written:
        raise DamageError(f"aliases make {whole:,} values of the {written:,} that are written")


def _sizes(document: Any) -> Iterator[tuple[int, int]]:
    """Every mapping and list once, with how many items it holds."""
    seen: set[int] = set()
    todo = [document]
    while todo:
        value = todo.pop()
        if isinstance(value, Mapping | list) and id(value) not in seen:
            seen.add(id(value))
            todo.extend(value.values() if isinstance(value, Mapping) else value)
            yield id(value), len(value)


def _written_out(value: Any, path: str, depth: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many values there are, and how deep, once every alias is followed; each is walked once."""
    if not isinstance(value, Mapping | list):
        _check_scalar(value, path)
        return 1, 0
    if id(value) not in known and depth <= DEEPEST:
        count, height = 1, 0
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            _check_scalar(key, path)
            below, deep = _written_out(item, f"{path}.{key}" if path else str(key), depth + 1, known)
            count, height = count + below, max(height, deep + 1)
        known[id(value)] = count, height
    if depth > DEEPEST or depth + known[id(value)][1] > DEEPEST:
        raise DamageError(f"is nested more than {DEEPEST} deep, or an alias refers to what contains it")
    return known[id(value)]


def _check_scalar(value: Any, path: str) -> None:
    where = path[-80:] or "the document"
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise DamageError(f"{ascii(where)[1:-1]}: holds half a character (a lone surrogate)")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise DamageError(f"{where}: {value} is no number that JSON can hold")
    elif value is not None and not isinstance(value, bool | int):
        raise DamageError(f"{where}: JSON has no {type(value).__name__}")
