"""What editors show beside a property of a JSON Schema: what it means, an example, and the values it may have."""

import ast
import datetime as dt
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel

from facts.strict import Strict
from facts.strict_yaml import load

Words = Callable[[type[BaseModel], str], str]
"""What a page says of a model's field; empty where it says nothing."""


_ROW: Final = re.compile(r"^\| (?P<names>`[^|]+`) \|(?P<rest>.+)\|$")
_LINK: Final = re.compile(r"\[([^\]]+)\]\([^)]+\)")


class FieldWords(Strict):
    """What a file of words says of one field."""

    says: str = ""
    example: Any = None


def read_words(file: Path) -> Mapping[str, FieldWords]:
    """A file of words, by ``Model.field``.

    Raises:
        YamlProblem: it is no YAML.
    """
    data = load(file.read_text(encoding="utf-8"), file.name)
    return {name: FieldWords.model_validate(said) for name, said in data.items()}


def said_in_table(page: str, field: str) -> str:
    """What the last column of a page's table says of a field, whose row may name it with its section."""
    for line in page.splitlines():
        row = _ROW.match(line)
        names = re.findall(r"`([^`]+)`", row["names"]) if row else []
        if row and field in {re.split(r"[.:\[]", name)[-1].strip() for name in names}:
            return _LINK.sub(r"\1", row["rest"].split(" | ")[-1].strip())
    return ""


def models_of(root: Any) -> Mapping[str, type[BaseModel]]:
    """Every model that a value of this type may hold, by name; of a model, itself included."""
    found: dict[str, type[BaseModel]] = {}
    todo: list[type[BaseModel]] = list(_models(root))
    while todo:
        model = todo.pop()
        if found.setdefault(model.__name__, model) is not model:
            raise ValueError(f"two models are called {model.__name__}")
        below = (each for field in model.model_fields.values() for each in _models(field.annotation))
        todo += [each for each in below if each.__name__ not in found]
    return found


def described(
    schema: Mapping[str, Any], root: Any, words: Words, own: Mapping[str, FieldWords]
) -> dict[str, Any]:
    """A schema whose every property says what it means and shows a value.

    Args:
        schema: as pydantic makes it of ``root``.
        root: the model, or a type that is made of models.
        words: what a page says of a field that neither its description nor its docstring explains.
        own: what a file of words says, where none of them does, or no default shows a value.
    """
    models = models_of(root)
    found = dict(schema)
    if "properties" in schema:
        found["properties"] = _properties(schema["properties"], root, words, own)
    found["$defs"] = {
        name: {**said, "properties": _properties(said["properties"], models[name], words, own)}
        if "properties" in said and name in models
        else said
        for name, said in schema.get("$defs", {}).items()
    }
    return found


def unexplained(schema: Mapping[str, Any]) -> list[str]:
    """``Model.property`` of each that lacks a description or an example."""
    whole = [("", schema), *schema.get("$defs", {}).items()]
    return [
        f"{name}.{field}: {lacking}"
        for name, model in whole
        for field, said in model.get("properties", {}).items()
        for lacking in ("description", "examples")
        if not said.get(lacking)
    ]


def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """The text below each field of a model's class, those it has from above included; as one line."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if not (isinstance(each, type) and issubclass(each, BaseModel)) or each is BaseModel:
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(each)))
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for field, text in pairwise(body):
            said = ast.get_docstring(ast.Module(body=[text], type_ignores=[]))
            if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and said:
                found[field.target.id] = " ".join(said.replace("``", "`").split())
    return found


def _properties(
    properties: Mapping[str, Any], model: type[BaseModel], words: Words, own: Mapping[str, FieldWords]
) -> dict[str, Any]:
    texts = docstrings(model)
    classes = [each.__name__ for each in model.__mro__]
    found = {}
    for name, said in properties.items():
        # What is said of a field holds in the models that have it from above.
        mine = next((own[key] for each in classes if (key := f"{each}.{name}") in own), FieldWords())
        field = dict(said)
        meaning = field.get("description") or mine.says or texts.get(name) or words(model, name)
        if meaning:
            field["description"] = meaning
        example = _plain(mine.example) if mine.example is not None else _shown(field)
        if example is not None:
            field["examples"] = [example]
        found[name] = field
    return found


def _plain(value: Any) -> Any:
    """A value as JSON has it: a day is text there."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _shown(field: Mapping[str, Any]) -> Any:
    """A value that the schema itself names: an allowed one other than the default, or the default."""
    allowed = next(iter(_allowed(field)), None)
    if allowed is not None:
        others = [value for value in allowed if value != field.get("default")]
        return (others or allowed)[0]
    default = field.get("default")
    return None if default in (None, [], {}) else default


def _allowed(field: Mapping[str, Any]) -> Iterator[list[Any]]:
    if "const" in field:
        yield [field["const"]]
    if "enum" in field:
        yield field["enum"]
    if field.get("type") == "boolean":
        yield [True, False]
    for other in field.get("anyOf", ()):
        yield from _allowed(other)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
