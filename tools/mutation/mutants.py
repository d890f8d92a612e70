"""Defects made of a good stack: one property taken out or turned round, or one resource left out."""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from tools.mutation.documents import Where, as_document, wider

WEAKER: Final = {
    "STRICT": "PERMISSIVE",
    "ISTIO_MUTUAL": "DISABLE",
    "1.2": "1.0",
    "required": "optional",
    "restricted": "privileged",
    "RuntimeDefault": "Unconfined",
    "Enabled": "Suspended",
    "IMMUTABLE": "MUTABLE",
    "aws:kms": "AES256",
    "KMS": "AES256",
    "COMPLIANCE": "GOVERNANCE",
    "BucketOwnerEnforced": "ObjectWriter",
    "API": "CONFIG_MAP",
    "Deny": "Allow",
    "DENY": "ALLOW",
    "Always": "Never",
    "https": "http",
    "HTTPS": "HTTP",
    "ACTIVE": "DISABLED",
    "ALL": "ACCEPT",
}
"""Values that protect, and what stands in their place where nobody took care."""

_SAID_TWICE: Final = ("runAsNonRoot", "seccompProfile")
_CIDR: Final = re.compile(r"\d+\.\d+\.\d+\.\d+/\d+")
_DIGEST: Final = re.compile(r"(?:@sha256:[0-9a-f]{64})$")


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A stack with one defect, and where it is; ``path`` counts list items as ``*``."""

    stack: str
    urn: str
    type: str
    name: str
    path: str
    change: str
    where: Where
    value: Any = None
    takes_out: bool = False
    also: tuple[Where, ...] = ()

    def of(self, graph: Graph) -> Graph:
        """The graph with the defect in it."""
        if not self.where:
            return Graph(r for r in graph if r.urn != self.urn)
        return Graph(self.resource(graph) if r.urn == self.urn else r for r in graph)

    def resource(self, graph: Graph) -> Resource:
        """The one resource with the defect in it; what the provider answers repeats what it was given."""
        resource = graph.by_urn[self.urn]
        inputs = changed(resource.inputs, self.where, self.value, takes_out=self.takes_out)
        for where in self.also:
            inputs = changed(inputs, where, None, takes_out=True)
        top = str(self.where[0])
        outputs = {**resource.outputs}
        if top in outputs and outputs[top] == resource.inputs.get(top):
            del outputs[top]
            outputs |= {top: inputs[top]} if top in inputs else {}
        depends = {**resource.property_dependencies}
        if len(self.where) == 1:
            depends.pop(top, None)
        return replace(resource, inputs=inputs, outputs=outputs, property_dependencies=depends)


def changed(data: Any, where: Where, value: Any, *, takes_out: bool) -> Any:
    """A copy of plain data with another value at a path, or without it; looks into JSON written as text."""
    if isinstance(data, str):
        return json.dumps(changed(json.loads(data), where, value, takes_out=takes_out))
    first, rest = where[0], where[1:]
    made = copy.copy(data) if isinstance(data, list) else dict(data)
    if rest:
        made[first] = changed(data[first], rest, value, takes_out=takes_out)
    elif takes_out:
        del made[first]
    else:
        made[first] = value
    return made


def mutants(stack: str, graph: Graph) -> Iterator[Mutant]:
    """Every defect of every resource of a stack."""
    for resource in graph:
        if not resource.custom:
            continue
        about = {"stack": stack, "urn": resource.urn, "type": resource.type, "name": resource.name}
        yield Mutant(**about, path="", change="left out", where=())
        yield from _everywhere(resource, about)
        for where, value in _places(resource.inputs, ()):
            path = ".".join("*" if isinstance(step, int) else step for step in where)
            document = as_document(value)
            if document is not None:
                for inside, change, other in wider(document):
                    below = (*where, *inside)
                    out = other is None
                    yield Mutant(**about, path=path, change=change, where=below, value=other, takes_out=out)
                continue
            yield Mutant(**about, path=path, change="taken out", where=where, takes_out=True)
            for change, other in _otherwise(value):
                yield Mutant(**about, path=path, change=change, where=where, value=other)


def _everywhere(resource: Resource, about: Mapping[str, str]) -> Iterator[Mutant]:
    """What a pod and its containers each say: taken out of both, since one of them is enough."""
    for key in _SAID_TWICE:
        found = tuple(where for where, _ in _places(resource.inputs, ()) if where[-1] == key)
        if found:
            yield Mutant(
                **about,
                path=f"{found[0][0]}.everywhere.{key}",
                change="taken out",
                where=found[0],
                takes_out=True,
                also=found[1:],
            )


def _places(data: Any, where: Where) -> Iterator[tuple[Where, Any]]:
    for step, value in _items(data):
        here = (*where, step)
        yield here, value
        if as_document(value) is None:
            yield from _places(value, here)


def _items(data: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(data, Mapping):
        return data.items()
    if isinstance(data, list):
        return enumerate(data)
    if isinstance(data, str) and data.startswith("{"):
        try:
            return _items(json.loads(data))
        except ValueError:
            return ()
    return ()


def _otherwise(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool):
        yield "turned round", not value
    elif isinstance(value, str):
        if value in WEAKER:
            yield f"{value} becomes {WEAKER[value]}", WEAKER[value]
        elif _CIDR.fullmatch(value) and value != "0.0.0.0/0":
            yield "opened to 0.0.0.0/0", "0.0.0.0/0"
        elif _DIGEST.search(value):
            yield "its digest becomes a tag", _DIGEST.sub(":latest", value)
