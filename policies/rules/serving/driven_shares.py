"""What must hold of shares that a controller moves: weights have one writer, and both sides know which."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.gateway.objects import AI_ROUTES, HTTP_ROUTES
from policies.analysis.kubernetes.metadata import annotation
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

WRITER: Final = "slipway.dev/shares-by"
BACKENDS: Final = "slipway.dev/share-backends"
_CONTROLLER: Final = "controller"
_RULES: Final = "spec.rules"
_WHOLE: Final = 100


def _two_writers(route: Resource, _graph: Graph) -> Iterable[Offence]:
    if route.source:  # a manifest does not say what a program leaves alone
        return
    writer, is_left = annotation(route, WRITER), _is_left_alone(route)
    if writer == _CONTROLLER and not is_left:
        yield Offence(
            path=below("metadata.annotations", WRITER),
            problem="a controller moves its shares, and every update of the stack writes them back",
            value=writer,
            expected=f"ignoreChanges of {_RULES}",
        )
    if writer != _CONTROLLER and is_left:
        yield Offence(
            path=below("metadata.annotations", WRITER),
            problem="nobody writes its shares: the stack leaves them alone, and no controller has them",
            value=writer or None,
            expected=_CONTROLLER,
        )


def _is_left_alone(route: Resource) -> bool:
    return any(path == "spec" or path.startswith(_RULES) for path in route.ignore_changes)


def _unknown_backends(route: Resource, _graph: Graph) -> Iterable[Offence]:
    if annotation(route, WRITER) != _CONTROLLER:
        return
    where, said = below("metadata.annotations", BACKENDS), annotation(route, BACKENDS)
    backends = _read(said)
    if backends is None:
        yield Offence(
            path=where,
            problem="does not say which versions may have a share, and how much",
            value=said or None,
            expected='JSON such as {"v1": {"name": "minilm-v1-predictor", "most": 100}}',
        )
        return
    for path, name in _sharing(route):
        if name not in {backend["name"] for backend in backends.values()}:
            yield Offence(path=path, problem=f"{name} shares, and {BACKENDS} does not name it", value=name)


def _read(said: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(said)
        whole = all(isinstance(b["name"], str) and 0 < b["most"] <= _WHOLE for b in found.values())
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return found if found and whole else None


def _sharing(route: Resource) -> Iterator[tuple[str, str]]:
    """Those of a later priority answer where the others fail, and have no share."""
    for i, rule in enumerate(sequence(at(route.inputs, _RULES), _RULES)):
        for j, ref in enumerate(sequence(at(rule, "backendRefs"), "backendRefs")):
            if not at(ref, "priority"):
                yield f"{_RULES}[{i}].backendRefs[{j}].name", text(at(ref, "name"), "backendRefs.name")


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="driven-shares-have-one-writer",
        severity="high",
        applies_to=(*HTTP_ROUTES, *AI_ROUTES),
        why="Two writers undo each other: a version that was taken back gets its share again with the next update.",
        fix="Let the program make the route from the record (rollout.driver): it sets annotation and ignoreChanges.",
        check=_two_writers,
    ),
    Rule(
        id="driven-shares-name-their-backends",
        severity="high",
        applies_to=(*HTTP_ROUTES, *AI_ROUTES),
        why="The controller moves shares among the backends that the stack names, up to what it allows each of them.",
        fix="Let the program make the route: it names every version, its backend and the most it may get.",
        check=_unknown_backends,
    ),
)
