"""What must hold for every object: what the API requires of it is there, and not an empty word."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule

_POD: Final = "kubernetes:core/v1:Pod"


def _says_nothing(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    """Only what is written as nothing: a patch leaves out what it does not change; other kinds take an empty spec."""
    if resource.object is None:
        return
    if "metadata" in resource.inputs and resource.inputs["metadata"] is None:
        yield Offence(path="metadata", problem="is null: the API server refuses the object")
    if resource.type == _POD and "spec" not in resource.inputs:
        yield Offence(path="spec", problem="is not there: a pod without containers is refused")
    if resource.type in WORKLOADS and (path := _null(resource)):
        yield Offence(path=path, problem="is null: there is no pod to make")


def _null(resource: Resource) -> str:
    """The first of the places on the way to its pod that holds nothing."""
    value: Any = resource.inputs
    walked = []
    for part in (WORKLOADS[resource.type] or "spec").split("."):
        walked.append(part)
        if not isinstance(value, Mapping) or part not in value:
            return ""
        value = value[part]
        if value is None:
            return ".".join(walked)
    return ""


RULES: tuple[Rule, ...] = (
    Rule(
        id="objects-say-what-they-are",
        severity="high",
        applies_to=("kubernetes:*",),
        why="Nothing that is asked of an object is asked of an empty one: it passes here and is refused there.",
        fix="Write the metadata and the specification, or take the document out.",
        check=_says_nothing,
    ),
)
