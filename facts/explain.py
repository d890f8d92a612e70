"""Saying what is wrong with a file, in the file's words: path, what is allowed, what was got."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel, ValidationError

from facts.strict import Slug

_MOST: Final = 8
"""More allowed values than this are counted instead of listed."""

_LONGEST: Final = 80
"""A longer value is cut: the path says where the rest stands."""

_PATTERNS: Final = {
    get_args(Slug)[1].metadata[0].pattern: (
        "lower-case letters, digits and dashes, starting with a letter, at most 31 characters"
    ),
    r"^sha256:[0-9a-f]{64}$": "sha256: and 64 hexadecimal digits",
    r"^\d{12}$": "12 digits, in quotes",
    r"^[a-z]{2}(-[a-z]+)+-\d$": "a region such as eu-central-1",
    r"^[a-z][a-z0-9]{1,11}$": "2 to 12 lower-case letters and digits, starting with a letter",
    r"^[a-z0-9-]+(\.[a-z0-9-]+)+$": "a host name such as models.acme.io, in lower case",
    r"^[^\s@]+@[^\s@]+\.[^\s@]+$": "an e-mail address",
    r"^(https?://[a-z0-9][a-z0-9.-]*(:\d{1,5})?|run://(remedy|rollout))$": (
        "a server without a path, such as https://mail.support.svc:8443, or run://remedy or run://rollout"
    ),
    r"^(arguments|answer)\.[a-z][a-zA-Z0-9_]{0,40}$": "arguments.NAME or answer.NAME of the call that is undone",
    r"^([^\s@]+@[^\s@]+\.[^\s@]+|slipway-[a-z][a-z-]{0,30}@[a-z][a-z0-9-]{0,30})$": "an e-mail address",
}
"""What patterns that people meet often say in words."""

_PLAINER: Final = (
    ("Input should be ", "should be "),
    ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"),
    ("a valid integer", "a whole number"),
    ("a valid string", "text"),
    ("a valid number", "a number"),
    ("a valid dictionary", "a mapping"),
    ("a valid list", "a list"),
    ("a valid boolean", "true or false"),
    ("String should have", "should have"),
    ("List should have", "should have"),
    ("Dictionary should have", "should have"),
    (" after validation, not ", ", not "),
)
"""pydantic's phrases, and ours."""


def explain(error: ValidationError, model: type[BaseModel] | None = None) -> list[str]:
    """One line a problem, sorted by path: ``gpu_pools.l4.max_gpus: should be at least 1 (got 0)``.

    With ``model`` an unknown key is compared with the keys allowed there.
    """
    return sorted({_line(details, model) for details in error.errors(include_url=False)})


def placeholders(data: Any, path: str = "") -> Iterator[str]:
    """A line for every key and value that still holds ``CHANGEME``."""
    if isinstance(data, str) and "CHANGEME" in data:
        yield f"{path or 'file'}: replace the placeholder (got {data!r})"
    elif isinstance(data, Mapping):
        for key, item in data.items():
            below = f"{path}.{key}" if path else str(key)
            if "CHANGEME" in str(key):
                yield f"{below}: replace the placeholder in the key"
            yield from placeholders(item, below)
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from placeholders(item, f"{path}.{index}" if path else str(index))


def did_you_mean(got: str, allowed: Sequence[str], few: str = "allowed are") -> str:
    """``did you mean X?``, else the allowed values after ``few`` if they are not many, else nothing."""
    close = difflib.get_close_matches(got, allowed, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"{few} {', '.join(allowed)}" if 0 < len(allowed) <= _MOST else ""


def _line(details: Any, model: type[BaseModel] | None) -> str:
    details = {**details, "loc": _written(details, model)}
    steps = [str(step) for step in details["loc"]]
    if steps and steps[-1] == "[key]":
        # pydantic's own step for "the key itself is wrong", which nobody wrote.
        return f"{'.'.join(steps[:-1])}: the key {_said(details, model)}{_got(details)}"
    if not steps and details["type"] == "value_error":
        # A validator of the whole file names the paths itself.
        return _said(details, model)
    return f"{'.'.join(steps) or 'file'}: {_said(details, model)}{_got(details)}"


def _written(details: Any, model: type[BaseModel] | None) -> tuple[Any, ...]:
    """The path as it stands in the file: pydantic adds the kind where there are several."""
    kept: list[Any] = []
    location: Sequence[Any] = details["loc"]
    # Where a whole model is wrong its kind comes last; elsewhere the last step is what somebody wrote, or should have.
    last = len(location) - (details["type"] != "value_error")
    for index, step in enumerate(location):
        keys = _keys_at(model, kept)
        # An item's kind follows its index in a list; under a key it follows where models, not names, are expected.
        is_kind = bool(kept) and (isinstance(kept[-1], int) or bool(keys)) and index < last
        if not (is_kind and str(step) not in keys):
            kept.append(step)
    return tuple(kept)


def _said(details: Any, model: type[BaseModel] | None) -> str:
    context = details.get("ctx", {})
    match details["type"]:
        case "extra_forbidden":
            hint = did_you_mean(str(details["loc"][-1]), sorted(_keys_at(model, details["loc"][:-1])))
            said = f"unknown key; {hint}" if hint else "unknown key"
        case "invalid_key" | "missing":
            said = "the key should be text" if details["type"] == "invalid_key" else "is required"
        case "union_tag_not_found" | "union_tag_invalid":
            said = _kind(context)
        case "string_pattern_mismatch":
            pattern = context["pattern"]
            said = f"should be {_PATTERNS[pattern]}" if pattern in _PATTERNS else f"should match {pattern}"
        case "literal_error" | "enum":
            said = _allowed(context["expected"], details["input"])
        case "value_error":
            said = str(context["error"])
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            said = "should be a mapping"
        case "date_type" | "date_from_datetime_parsing":
            said = "should be a date such as 2026-11-23, without quotes"
        case _:
            said = _plain(details)
    return said


def _plain(details: Any) -> str:
    """What pydantic says, in plainer words; YAML reads 111122223333 as a number and ``on`` as true."""
    said: str = details["msg"]
    for phrase, plainer in _PLAINER:
        said = said.replace(phrase, plainer)
    is_unquoted = details["type"] == "string_type" and isinstance(details["input"], int | float | date)
    return f"{said}: put it in quotes" if is_unquoted else said


def _kind(context: Mapping[str, Any]) -> str:
    """What a list that holds several kinds asks of an item that names none, or another one."""
    key = context["discriminator"].strip("'")
    if "tag" not in context:
        return f"{key} is required"
    return f"{key} should be one of {context['expected_tags'].replace(chr(39), '')} (got {context['tag']!r})"


def _allowed(expected: str, got: Any) -> str:
    values = re.findall(r"'([^']*)'", expected)
    if len(values) <= _MOST:
        return f"should be {expected}"
    hint = did_you_mean(str(got), values)
    return f"should be one of {len(values)} values{f'; {hint}' if hint else ''}"


def _got(details: Any) -> str:
    value = details["input"]
    if "(got " in str(details.get("ctx", {}).get("error", "")):
        return ""  # the validator said it
    if details["type"] == "missing" or isinstance(value, Mapping | list | BaseModel):
        return ""
    if value is None or isinstance(value, bool):
        said = {None: "nothing", True: "true", False: "false"}[value]
    else:
        said = value.isoformat() if isinstance(value, date) else repr(value)
    return f" (got {said if len(said) <= _LONGEST else f'{said[:_LONGEST]}...'})"


@dataclass(frozen=True)
class _Keyed:
    """A mapping or list whose items are of a model: the next step is a key, whatever it is."""

    item: Any


def _keys_at(model: type[BaseModel] | None, location: Sequence[Any]) -> set[str]:
    """The keys a model allows at a path, found through mappings, lists and optional sections."""
    current: list[Any] = [] if model is None else [model]
    for step in location:
        following: list[Any] = []
        for found in current:
            if isinstance(found, _Keyed):
                following.append(found.item)
            elif str(step) in found.model_fields:
                following.extend(_models(found.model_fields[str(step)].annotation))
        current = following
    return {name for found in current if not isinstance(found, _Keyed) for name in found.model_fields}


def _models(annotation: Any) -> Iterator[Any]:
    """The models an annotation speaks of; a mapping or list of models keeps one step for its key."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(origin, type) and issubclass(origin, Mapping | list) and arguments:
        yield from (_Keyed(found) for found in _models(arguments[-1]))
    else:
        for argument in arguments:
            yield from _models(argument)
