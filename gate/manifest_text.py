"""Reading text that others wrote, with bounds on what it may cost."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 64 * 1024 * 1024
DEEPEST = 200
MOST_ALIASES = 200
_TEMPLATE = re.compile(
    r"\{\{-?\s*(?:\.Values|\.Release|\.Chart|\.Capabilities|\.Files|\$|/\*|(?:include|template|define|block|if|range|with|end|else|"
    r"toYaml|tpl|printf|default|required|quote|lookup)\b)"
)
"""What Helm's templates hold. KServe's own placeholders ({{ .Name }}) are part of an object and no template."""


class DamageError(ValueError):
    """A file is not what can be judged; the message says why."""


class _Loader(yaml.CSafeLoader):
    """Refuses duplicate keys, and reads ``=`` as text, which CRDs hold."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int | float | bool):
                if key in seen:
                    raise DamageError(
                        f"line {key_node.start_mark.line + 1}: the key {key!r} stands here twice"
                    )
                seen.add(key)
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:value"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def documents(path: Path) -> Iterator[Any]:
    """The documents of a JSON or YAML file.

    Raises:
        DamageError: too large, too deep, too many aliases, not UTF-8, a template, or not JSON or YAML at all.
    """
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
    _check_aliases(text)
    try:
        yield from yaml.load_all(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}: " if mark else ""
        raise DamageError(f"{where}is not YAML: {error.problem or error.context}") from None


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


def _check_aliases(text: str) -> None:
    if len(re.findall(r"(?:^|[\s\[,:-])\*[A-Za-z0-9_-]+", text)) > MOST_ALIASES and "&" in text:
        raise DamageError(f"uses more than {MOST_ALIASES} aliases")
