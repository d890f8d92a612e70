"""What must hold for headers that an object has sent in others' name: no credential stands in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import DEFINITION
from policies.analysis.secrets.shapes import spotted
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule
from policies.engine.values import known

_SENT: Final = re.compile(r"(?:.*[a-z_-])?headers?|set|add", re.IGNORECASE)
"""Keys below which headers stand: of exporters, of filters (``requestHeaderModifier.set``), of probes."""
_MATCHED: Final = re.compile(r".*match(?:es)?|when|clientSelectors", re.IGNORECASE)
"""Keys below which headers are compared and sent nowhere."""
_LOGIN: Final = re.compile(r"(?:bearer|basic|token|api-?key)\s+[^\s$%<{]{8,}", re.IGNORECASE)
_FILLED_IN: Final = re.compile(r".*[$%<{].*")


def _sent(found: Resource, _graph: Graph) -> Iterable[Offence]:
    if "kind" in found.inputs and found.type != DEFINITION:  # a schema sends nothing
        yield from _look(found.inputs, "", "")


def _look(value: Any, path: str, key: str) -> Iterator[Offence]:
    known(value, path)
    if isinstance(value, Mapping):
        if _SENT.fullmatch(key):
            yield from _in_headers(value, path)
        for name, content in value.items():
            if name not in {"metadata", "status"} and not _MATCHED.fullmatch(str(name)):
                yield from _look(content, below(path, str(name)), str(name))
    elif isinstance(value, list | tuple):
        for index, content in enumerate(value):
            yield from _look(content, f"{path}[{index}]", key)


def _in_headers(value: Mapping[str, Any], path: str) -> Iterator[Offence]:
    """By name, or as a name beside a value."""
    name = value.get("name")
    is_pair = isinstance(name, str) and "value" in value
    said = {name: value.get("value")} if is_pair else value
    for header, content in said.items():
        if isinstance(content, str) and _is_credential(str(header), content.strip()):
            place = below(path, "value" if is_pair else str(header))
            yield Offence(path=place, problem=f"sends a credential in {header}")


def _is_credential(header: str, content: str) -> bool:
    if _FILLED_IN.fullmatch(content):
        return False
    found = list(spotted(header, content))
    if found:  # what looks like one by itself is found wherever it stands, by another rule
        return all(what.endswith("by its name") for what in found)
    return header.lower().endswith("authorization") and bool(_LOGIN.fullmatch(content))


RULES: tuple[Rule, ...] = (
    Rule(
        id="headers-hold-no-credentials",
        severity="critical",
        applies_to=("kubernetes:*",),
        why="Whoever may look at the object has the key that it sends, and nobody rotates it.",
        fix="Let the value come from a Secret, a variable or an identity of the workload.",
        check=_sent,
    ),
)
