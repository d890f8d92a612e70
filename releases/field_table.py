"""``docs/release-record.md``: every field of records and events, from the types themselves."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from releases.events import KINDS
from releases.release import Release

HEAD: Final = """# Fields of a release

Made by `make schemas` from `releases/release.py` and `releases/events.py`. What they mean together stands in
[releases](releases.md).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## The record\n", *_table(Release)]
    for kind, model in sorted(KINDS.items()):
        parts += [f"\n## Event: {kind}\n", *_table(model)]
    return "\n".join(parts) + "\n"


def _table(model: type[BaseModel]) -> Iterator[str]:
    schema = model.model_json_schema()
    yield "| field | value | absent | |"
    yield "|---|---|---|---|"
    yield from _rows(schema, schema, "")


def _rows(schema: Mapping[str, Any], whole: Mapping[str, Any], above: str) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        path = f"{above}{name}"
        absent = "refused" if name in schema.get("required", ()) else _default(field)
        described = field.get("description", "")
        yield f"| `{path}` | {_value(field, whole)} | {absent} | {described} |"
        for below, where in _below(field, whole):
            yield from _rows(below, whole, f"{path}{where}.")


def _default(field: Mapping[str, Any]) -> str:
    value = field.get("default")
    return "" if value is None else f"`{json.dumps(value)}`"


def _kinds(field: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What a field may be: references followed, alternatives one by one, nothing left out."""
    if "$ref" in field:
        yield whole["$defs"][field["$ref"].rpartition("/")[2]]
    elif "anyOf" in field or "oneOf" in field:
        for kind in field.get("anyOf", field.get("oneOf")):
            yield from _kinds(kind, whole)
    elif field.get("type") != "null":
        yield field


def _below(field: Mapping[str, Any], whole: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for kind in _kinds(field, whole):
        if kind.get("type") == "array":
            yield from ((item, "[]") for item in _kinds(kind["items"], whole) if "properties" in item)
        elif "properties" in kind:
            yield kind, ""


def _value(field: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    return " or ".join(dict.fromkeys(_said(kind, whole) for kind in _kinds(field, whole)))


def _said(kind: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    if "const" in kind:
        return f"`{kind['const']}`"
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if kind.get("type") == "array":
        return f"list of {_value(kind['items'], whole)}"
    words = {"object": "mapping", "integer": "whole number", "string": "text", "boolean": "true or false"}
    said = words.get(kind["type"], str(kind["type"]))
    if kind.get("format") == "date":
        said = "date"
    least, most = kind.get("minimum"), kind.get("maximum")
    limits = [f"at least {least}"] if least is not None else []
    limits += [f"at most {most}"] if most is not None else []
    if "pattern" in kind:
        limits.append(f"`{kind['pattern'].replace('|', chr(92) + '|')}`")
    return f"{said}, {', '.join(limits)}" if limits else said
