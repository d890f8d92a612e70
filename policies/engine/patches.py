"""What rules say of a server-side patch: an object of which only the fields it sets are known.

Rules accuse an object of what it leaves out. A patch leaves out what another owner says, so an answer counts only if
something that stands in the patch makes it: it goes when the patch says nothing, or when one of its flags is turned.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Check, Offence
from policies.engine.values import UndecidedError

_CONTAINERS: Final = frozenset({"containers", "initContainers", "ephemeralContainers"})
_SAYS_WHAT: Final = frozenset({"apiVersion", "kind"})
_SAYS_WHICH: Final = frozenset({"name", "namespace"})
_MOST_FLAGS: Final = 64
"""Beyond so many flags the rest are not turned one by one, and what is said of the patch stays said."""


def said_by_patch(check: Check, patch: Resource, graph: Graph) -> Iterator[Offence]:
    """The answers of a rule's check that something in the patch makes.

    Raises:
        UndecidedError: as the check.
    """
    silent = _answers(check, replace(patch, inputs=_bare(patch.inputs)), graph)
    for answer in check(patch, graph):
        if answer not in silent or _hangs_on_a_flag(answer, check, patch, graph):
            yield answer


def _hangs_on_a_flag(answer: Offence, check: Check, patch: Resource, graph: Graph) -> bool:
    turned = list(_turned(patch.inputs))
    return len(turned) > _MOST_FLAGS or any(
        answer not in _answers(check, replace(patch, inputs=inputs), graph) for inputs in turned
    )


def _answers(check: Check, patch: Resource, graph: Graph) -> list[Offence]:
    found: list[Offence] = []
    with suppress(UndecidedError):  # what was answered before counts
        for answer in check(patch, graph):
            found.append(answer)  # noqa: PERF402 extend would lose what came before the error
    return found


def _bare(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The object a patch is about, with the names of its containers and nothing else."""
    said = {key: value for key, value in inputs.items() if key in _SAYS_WHAT}
    metadata = inputs.get("metadata")
    if isinstance(metadata, Mapping):
        said["metadata"] = {key: value for key, value in metadata.items() if key in _SAYS_WHICH}
    return {**_named_containers(inputs), **said}


def _named_containers(value: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for key, below in value.items():
        if key in _CONTAINERS and isinstance(below, list):
            kept[key] = [{"name": c["name"]} for c in below if isinstance(c, Mapping) and "name" in c]
        elif isinstance(below, Mapping):
            inside = _named_containers(below)
            kept |= {key: inside} if inside else {}
    return kept


def _turned(value: Any) -> Iterator[Any]:
    """Copies of a value in each of which one flag says the opposite."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, str) and value.lower() in {"true", "false"}:
        yield "false" if value.lower() == "true" else "true"
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from ({**value, key: other} for other in _turned(below))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from ([*value[:index], other, *value[index + 1 :]] for other in _turned(below))
