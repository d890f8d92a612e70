"""``docs/release-record.md``: every field of records and events, from the types themselves."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field, TypeAdapter

from facts.regions import supported_regions
from facts.schema_words import FieldWords, described, read_words
from releases.agent import Agent
from releases.events import KINDS, AnyEvent
from releases.people import People
from releases.release import Release

_FOLDER: Final = Path(__file__).parent
_WORDS: Final = _FOLDER / "field_words.yaml"
HEAD: Final = """# Fields of a release

Made by `make schemas` from `releases/release.py` and `releases/events.py`. What they mean together stands in
[releases](releases.md).
"""


AGENT_HEAD: Final = """# Fields of an agent

Made by `make schemas` from `releases/agent.py` and what it is made of. What they mean together stands in
[agents](agents.md). `.NAME.` stands for a tool's name. Of JSON Schema a tool may use what bounds a value:
`releases/agent_schema.py`.
"""
_SHARED: Final = ("Evaluation.", "MeasuredWith.", "PoliteRefusal.")
_JSON_SCHEMA: Final = "MappingSchema"
"""What a tool takes and answers is JSON Schema, and has its own words."""


def agent_page() -> str:
    """The page of an agent's record."""
    return "\n".join([AGENT_HEAD, *_table(agent_schema())]) + "\n"


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## The record\n", *_table(record_schema())]
    events = event_schema()
    for kind, model in sorted(KINDS.items()):
        parts += [
            f"\n## Event: {kind}\n",
            *_table({**events["$defs"][model.__name__], "$defs": events["$defs"]}),
        ]
    return "\n".join(parts) + "\n"


def record_schema() -> dict[str, Any]:
    """The schema of a record: every field with its meaning, an example and the values it may have."""
    schema = described(Release.model_json_schema(), Release, _says_nothing, read_words(_WORDS))
    schema["$defs"]["DataPolicy"]["properties"]["residency"]["items"]["enum"] = supported_regions()
    return schema


def event_schema() -> dict[str, Any]:
    """The schema of an event of any kind."""
    kinds = Annotated[AnyEvent, Field(discriminator="kind")]
    schema: dict[str, Any] = TypeAdapter(kinds).json_schema()
    return described(schema, kinds, _says_nothing, _words("event_words.yaml"))


def agent_schema() -> dict[str, Any]:
    """The schema of an agent's record."""
    return described(Agent.model_json_schema(), Agent, _says_nothing, _words("agent_words.yaml"))


def people_schema() -> dict[str, Any]:
    """The schema of the list of who may decide."""
    return described(
        People.model_json_schema(), People, _says_nothing, read_words(_FOLDER / "people_words.yaml")
    )


def _words(name: str) -> Mapping[str, FieldWords]:
    """A file's words, and those of what a record has too."""
    shared = {key: said for key, said in read_words(_WORDS).items() if key.startswith(_SHARED)}
    return shared | dict(read_words(_FOLDER / name))


def _says_nothing(_model: type[BaseModel], _field: str) -> str:
    return ""


def _table(schema: Mapping[str, Any]) -> Iterator[str]:
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
        if kind.get("title") == _JSON_SCHEMA:
            continue
        if kind.get("type") == "array":
            yield from ((item, "[]") for item in _kinds(kind["items"], whole) if "properties" in item)
        elif "properties" in kind:
            yield kind, ""
        else:
            for values in kind.get("patternProperties", {}).values():
                yield from ((item, ".NAME") for item in _kinds(values, whole) if "properties" in item)


def _value(field: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    return " or ".join(dict.fromkeys(_said(kind, whole) for kind in _kinds(field, whole)))


def _said(kind: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    if "const" in kind:
        return f"`{kind['const']}`"
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if kind.get("type") == "array":
        return f"list of {_value(kind['items'], whole)}"
    if kind.get("title") == _JSON_SCHEMA:
        return "JSON Schema"
    for values in kind.get("patternProperties", {}).values():
        return f"mapping of {_value(values, whole)}"
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
