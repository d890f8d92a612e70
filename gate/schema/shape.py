"""Does every Kubernetes object have the shape its API defines? Unknown fields are errors.

Built-in kinds are checked against Kubernetes' own strict schemas, which the ``kubernetes-validate`` package
ships; custom kinds against ``gate/schema/definitions``, made from the pinned CRDs.
"""

import copy
import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gate.schema.served import defined, unserved
from gate.schema.store import KindSchema, is_name_of_a_kind, schema_for
from policies.engine.graph import Resource, Unknown, is_told
from policies.engine.normalize import respelled

_MOST = 8
_MOST_SHOWN = 80
_PLACEHOLDER = "\0unknown"


@dataclass(frozen=True, kw_only=True, order=True)
class ShapeProblem:
    """One place of one object: what is wrong there, or what could not be known."""

    urn: str
    path: str
    message: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class ShapeReport:
    """What the check found, what it could not know, and what it did not look at."""

    problems: tuple[ShapeProblem, ...]
    undecided: tuple[ShapeProblem, ...]
    unjudged: tuple[str, ...]
    cel_rules_not_evaluated: Mapping[str, int]


def check_shapes(resources: Iterable[Resource]) -> ShapeReport:
    """Check every Kubernetes object among the resources.

    Raises:
        ShapeError: a schema file is damaged or missing.
    """
    problems: list[ShapeProblem] = []
    undecided: list[ShapeProblem] = []
    unjudged: dict[str, int] = {}
    cel: dict[str, int] = {}
    listed = list(resources)
    own = defined(listed)
    for resource in listed:
        manifest = resource.object
        if manifest is None or resource.type.startswith("kubernetes:helm.sh/"):
            continue
        api_version, kind = manifest.get("apiVersion"), manifest.get("kind")
        found = (
            schema_for(api_version, kind) if isinstance(api_version, str) and isinstance(kind, str) else None
        )
        if (
            isinstance(api_version, str)
            and isinstance(kind, str)
            and not is_name_of_a_kind(api_version, kind)
        ):
            message = f"no API server serves {api_version[:_MOST_SHOWN]} {kind[:_MOST_SHOWN]}"
            problems.append(
                ShapeProblem(urn=resource.urn, source=resource.source, path="apiVersion", message=message)
            )
            continue
        named = isinstance(api_version, str) and isinstance(kind, str)
        refused = unserved(str(api_version), str(kind), own) if named else ""
        if refused:
            problems.append(
                ShapeProblem(urn=resource.urn, source=resource.source, path="apiVersion", message=refused)
            )
            continue
        if found is None:
            label = f"{api_version} {kind}"
            unjudged[label] = unjudged.get(label, 0) + 1
            continue
        if found.cel_rules:
            cel[f"{api_version} {kind}"] = found.cel_rules
        unknown: list[str] = []
        data = manifest if is_told(manifest) else _known(manifest, "", unknown)
        undecided.extend(
            ShapeProblem(urn=resource.urn, source=resource.source, path=path, message="is not known yet")
            for path in unknown
        )
        problems.extend(
            ShapeProblem(urn=resource.urn, source=resource.source, path=path, message=message)
            for path, message in _errors(found, data, unknown, is_part=respelled(resource).is_part)
        )
    return ShapeReport(
        problems=tuple(sorted(set(problems))),
        undecided=tuple(sorted(undecided)),
        unjudged=tuple(f"{label} ({count})" for label, count in sorted(unjudged.items())),
        cel_rules_not_evaluated=cel,
    )


def _known(value: Any, path: str, unknown: list[str]) -> Any:
    """The data with a placeholder for what is unknown, and a list of where that is."""
    if isinstance(value, Unknown):
        unknown.append(path)
        return _PLACEHOLDER
    if isinstance(value, Mapping):
        # A key set to null is not set: Pulumi sends what Python left as None.
        return {
            k: _known(v, f"{path}.{k}" if path else str(k), unknown)
            for k, v in value.items()
            if v is not None
        }
    if isinstance(value, list | tuple):
        return [_known(item, f"{path}.{i}", unknown) for i, item in enumerate(value)]
    return copy.copy(value)


def _errors(found: KindSchema, data: Any, unknown: list[str], *, is_part: bool) -> Iterable[tuple[str, str]]:
    """``is_part``: a server-side patch, pulumi-kubernetes' ``KindPatch``, holds the fields it sets and no others."""
    if found.validator.is_valid(data):
        return
    for error in found.validator.iter_errors(data):
        if not (is_part and type(error.kind).__name__.endswith("Required")):
            yield from _explained(found, error, unknown)


def _explained(found: KindSchema, error: Any, unknown: list[str]) -> Iterable[tuple[str, str]]:
    path = ".".join(str(step) for step in error.instance_path)
    if any(path == where or where.startswith(f"{path}.") for where in unknown):
        return
    kind = type(error.kind).__name__.rpartition("_")[2]
    got = error.instance
    if kind == "AdditionalProperties":
        for key in error.kind.unexpected:
            yield f"{path}.{key}" if path else key, _unknown_key(key, found.allowed_at(error))
    elif kind == "Required":
        missing = error.kind.property
        yield f"{path}.{missing}" if path else str(missing), "is required"
    elif kind == "Enum":
        options = list(error.kind.options)
        allowed = ", ".join(map(str, options)) if len(options) <= _MOST else f"one of {len(options)} values"
        yield path, f"should be {allowed} (got {_short(got)})"
    elif kind == "Type":
        yield path, f"should be {_type_names(error)} (got {_short(got)})"
    else:
        yield path, error.message


def _unknown_key(key: str, allowed: list[str]) -> str:
    close = difflib.get_close_matches(key, allowed, n=1)
    return f"unknown field; did you mean {close[0]}?" if close else "unknown field"


def _type_names(error: Any) -> str:
    types = error.kind.types
    return " or ".join(types) if isinstance(types, list) else str(types)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."  # noqa: PLR2004 a line of a report
