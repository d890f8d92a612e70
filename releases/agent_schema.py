"""What a tool takes and answers: the part of JSON Schema that bounds everything, so that no schema admits anything.

Names are JSON Schema's own (2020-12), and each kind asks for what bounds it: a text its length or its values, a number
both ends, a list its length, a mapping its keys.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Self, Union

from pydantic import Field, field_validator, model_validator

from facts.strict import Strict
from releases.text import Text

MOST_TEXT: Final = 20_000
"""Characters of one text: a longer one belongs into a store, with a reference to it here."""
_KEY: Final = r"^[a-z][a-zA-Z0-9_]{0,40}$"


class TextSchema(Strict):
    """A text of bounded length, or one of some values."""

    type: Literal["string"]
    description: Text | None = None
    maxLength: int | None = Field(default=None, ge=1, le=MOST_TEXT)  # noqa: N815 JSON Schema's name
    pattern: str | None = Field(default=None, description="Python's form; the whole text must match.")
    enum: list[Text] | None = Field(default=None, min_length=1)

    @field_validator("pattern")
    @classmethod
    def _pattern_is_one(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"should be a regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.enum is None and self.maxLength is None:
            raise ValueError("admits any text; state maxLength or enum")
        return self


class IntegerSchema(Strict):
    """A whole number between two others."""

    type: Literal["integer"]
    description: Text | None = None
    minimum: int
    maximum: int

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        _ordered(self.minimum, self.maximum)
        return self


class NumberSchema(Strict):
    """A number between two others."""

    type: Literal["number"]
    description: Text | None = None
    minimum: float
    maximum: float

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        _ordered(self.minimum, self.maximum)
        return self


class BooleanSchema(Strict):
    """True or false."""

    type: Literal["boolean"]
    description: Text | None = None


class ListSchema(Strict):
    """A list of bounded length."""

    type: Literal["array"]
    description: Text | None = None
    items: "AnySchema"
    maxItems: int = Field(ge=1, le=1000)  # noqa: N815 JSON Schema's name


class MappingSchema(Strict):
    """A mapping whose keys are known."""

    type: Literal["object"]
    description: Text | None = None
    properties: Mapping[Annotated[str, Field(pattern=_KEY)], "AnySchema"]
    required: list[str] = Field(default_factory=list)
    additionalProperties: Literal[False] = Field(  # noqa: N815 JSON Schema's name
        description="Always false: a key that nobody named could hold anything."
    )

    @model_validator(mode="after")
    def _required_ones_are_there(self) -> Self:
        unknown = sorted(set(self.required) - set(self.properties))
        if unknown:
            raise ValueError(f"required names {', '.join(unknown)}, which properties does not describe")
        return self


AnySchema = Annotated[
    Union[TextSchema, IntegerSchema, NumberSchema, BooleanSchema, ListSchema, MappingSchema],  # noqa: UP007 pydantic resolves the names later
    Field(discriminator="type"),
]
ListSchema.model_rebuild()
MappingSchema.model_rebuild()


def _ordered(minimum: float, maximum: float) -> None:
    if minimum > maximum:
        raise ValueError(f"minimum ({minimum:g}) is above maximum ({maximum:g})")


def as_json_schema(schema: MappingSchema) -> dict[str, Any]:
    """The same as JSON Schema reads it, for the model that fills it in and for anybody's validator."""
    data: dict[str, Any] = schema.model_dump(exclude_none=True)
    return data


def faults(schema: Any, value: Any, path: str = "") -> Iterator[str]:
    """What of a value the schema does not admit, a line each, beginning with its path."""
    match schema:
        case TextSchema():
            said = _text_fault(schema, value)
        case BooleanSchema():
            said = "" if isinstance(value, bool) else "should be true or false"
        case IntegerSchema() | NumberSchema():
            said = _number_fault(schema, value)
        case ListSchema():
            said = _list_fault(schema, value)
            if not said:
                for index, item in enumerate(value):
                    yield from faults(schema.items, item, f"{path}.{index}" if path else str(index))
        case MappingSchema():
            said = "" if isinstance(value, Mapping) else "should be a mapping"
            if not said:
                yield from _mapping_faults(schema, value, path)
        case _:
            raise TypeError(f"no schema: {schema!r}")
    if said:
        yield f"{path or 'value'}: {said} (got {_shown(value)})"


def _text_fault(schema: TextSchema, value: Any) -> str:
    if not isinstance(value, str):
        return "should be text"
    if schema.enum is not None and value not in schema.enum:
        return f"should be one of {', '.join(schema.enum)}"
    if schema.maxLength is not None and len(value) > schema.maxLength:
        return f"should have at most {schema.maxLength} characters, has {len(value)}"
    if schema.pattern is not None and not re.fullmatch(schema.pattern, value):
        return f"should match {schema.pattern}"
    return ""


def _number_fault(schema: IntegerSchema | NumberSchema, value: Any) -> str:
    whole = isinstance(schema, IntegerSchema)
    kinds: Any = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds):
        return "should be a whole number" if whole else "should be a number"
    # A comparison with no number is false: infinity and NaN fall out here.
    if not schema.minimum <= value <= schema.maximum:
        return f"should be between {schema.minimum:g} and {schema.maximum:g}"
    return ""


def _list_fault(schema: ListSchema, value: Any) -> str:
    if not isinstance(value, list):
        return "should be a list"
    if len(value) > schema.maxItems:
        return f"should have at most {schema.maxItems} items, has {len(value)}"
    return ""


def _mapping_faults(schema: MappingSchema, value: Mapping[str, Any], path: str) -> Iterator[str]:
    for name in schema.required:
        if name not in value:
            yield f"{_below(path, name)}: is required"
    for name, item in value.items():
        if name in schema.properties:
            yield from faults(schema.properties[name], item, _below(path, name))
        else:
            yield f"{_below(path, str(name))}: unknown key; allowed are {', '.join(schema.properties) or 'none'}"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}..."  # noqa: PLR2004 the path says where the rest stands
