"""Applying stacks to an API server as if each were the only one: a stack's objects go before the next one's come."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from policies.engine.graph import Graph, Resource
from tools.conformance.client import Answer, Api, unserved
from tools.conformance.errors import ConformanceError
from tools.conformance.order import waves

_AT_ONCE = 8
DEFINITION = "CustomResourceDefinition"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A stack's objects, and the stack they stand on."""

    stack: str
    graph: Graph
    upstream: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the server said to one stack."""

    stack: str
    kinds: Mapping[str, int]
    refusals: Sequence[str]
    warnings: Sequence[str]
    seconds: float

    @property
    def objects(self) -> int:
        return sum(self.kinds.values())


def install(api: Api, definitions: Sequence[Mapping[str, Any]]) -> None:
    """Define custom kinds, and wait until they are served.

    Raises:
        ConformanceError: the server did not take one.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = list(zip(definitions, pool.map(api.apply, definitions), strict=True))
    refused = [f"{d['metadata']['name']}: {answer.message}" for d, answer in answers if answer.is_refused]
    if refused:
        raise ConformanceError("\n".join(["definitions of the pinned modules were refused:", *refused]))
    api.wait_served(definitions)


def apply_all(subjects: Sequence[Subject], api: Api, finish: Callable[[Subject], None]) -> Iterator[Outcome]:
    """Apply the stacks that stand on nothing, each followed by those that stand on it.

    ``finish`` is called while a stack's objects are there. Definitions stay for the stacks to come: a server takes
    minutes to clear large ones. A stack that did not make them itself is refused their kinds as if they were gone.

    Raises:
        ConformanceError: the server could not be asked, or an object did not go.
    """
    yield from _apply_above(None, subjects, api, finish, _Definitions({}, frozenset()))


def _apply_above(
    upstream: str | None,
    subjects: Sequence[Subject],
    api: Api,
    finish: Callable[[Subject], None],
    below: "_Definitions",
) -> Iterator[Outcome]:
    for subject in (s for s in subjects if s.upstream == upstream):
        own = _Definitions(below.kept, below.made)
        yield _apply_stack(subject, api, own)
        finish(subject)
        yield from _apply_above(subject.stack, subjects, api, finish, own)
        _remove(subject, api)


class _Definitions:
    """Those that stand on the server, and those of them that a stack and what it stands on have made so far."""

    def __init__(self, kept: dict[str, tuple[str, str]], made: frozenset[str]) -> None:
        self.kept = kept
        self.made = made

    def has_made(self, manifest: Mapping[str, Any]) -> bool:
        """Whether it was this chain of stacks that made an object's kind, or none of the stacks did."""
        kind = (manifest["apiVersion"].partition("/")[0], manifest["kind"])
        return all(name in self.made for name, defined in self.kept.items() if defined == kind)

    def make(self, manifest: Mapping[str, Any]) -> bool:
        """Whether it is the first time that this chain makes it."""
        name = manifest["metadata"]["name"]
        is_first = name not in self.made
        self.kept[name] = (manifest["spec"]["group"], manifest["spec"]["names"]["kind"])
        self.made |= {name}
        return is_first


def _apply_stack(subject: Subject, api: Api, definitions: _Definitions) -> Outcome:
    """Wave by wave; a refusal stops nothing, so that all are found at once."""
    started = time.monotonic()
    refusals: list[str] = []
    warnings: list[str] = []
    kinds: Counter[str] = Counter()

    def applied(manifest: Mapping[str, Any]) -> Answer:
        return api.apply(manifest) if definitions.has_made(manifest) else unserved(manifest)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for wave in waves(subject.graph):
            defined = []
            for manifest, answer in zip(_objects(wave), list(pool.map(applied, _objects(wave))), strict=True):
                kinds[manifest["kind"]] += 1
                name = f"{subject.stack}: {label(manifest)}"
                if answer.is_refused:
                    refusals.append(f"{name}: {answer.message}")
                elif manifest["kind"] == DEFINITION and definitions.make(manifest):
                    defined.append(manifest)
                elif not answer.created:
                    refusals.append(f"{name}: this stack, or what it stands on, makes it twice")
                warnings.extend(f"{name}: {warning}" for warning in answer.warnings)
            api.wait_served(defined)
    return Outcome(
        stack=subject.stack,
        kinds=dict(kinds),
        refusals=refusals,
        warnings=warnings,
        seconds=time.monotonic() - started,
    )


def _remove(subject: Subject, api: Api) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for wave in reversed(waves(subject.graph)):
            list(pool.map(api.delete, [o for o in _objects(wave) if o["kind"] != DEFINITION]))


def _objects(wave: Sequence[Resource]) -> list[Mapping[str, Any]]:
    found = []
    for resource in wave:
        manifest = resource.object or {}
        try:
            json.dumps(manifest)
        except TypeError:
            raise ConformanceError(
                f"{resource.label}: holds a value that nobody knows before the stack is up"
            ) from None
        found.append(_without_conversion(manifest) if manifest["kind"] == DEFINITION else manifest)
    return found


def _without_conversion(definition: Mapping[str, Any]) -> Mapping[str, Any]:
    """A conversion would ask a webhook that is not there."""
    spec = definition.get("spec", {})
    return (
        definition
        if "conversion" not in spec
        else {**definition, "spec": {k: v for k, v in spec.items() if k != "conversion"}}
    )


def label(manifest: Mapping[str, Any]) -> str:
    """How a message names an object."""
    meta = manifest["metadata"]
    return "/".join(p for p in (manifest["kind"], meta.get("namespace"), meta["name"]) if p)
