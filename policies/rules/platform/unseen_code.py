"""What must hold for everything: an update makes what was judged, and runs nothing besides."""

from collections.abc import Iterable
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at

_COMMAND: Final = "command:"
_STEPS: Final = ("create", "update", "delete")
_DYNAMIC: Final = ("pulumi-python:dynamic", "pulumi-nodejs:dynamic")


def _unseen(resource: Resource, _graph: Graph) -> Iterable[Offence]:
    if resource.remote:
        yield Offence(path="", problem="a plugin makes its contents: nobody here sees them")
    if resource.type.startswith(_DYNAMIC):
        yield Offence(
            path="", problem="runs the program's own code during an update, with all that the deployer may do"
        )
    for step in _STEPS if resource.type.startswith(_COMMAND) else ():
        if at(resource.inputs, step):
            yield Offence(
                path=step,
                problem="runs a command during an update, with all that the deployer may do",
                value=at(resource.inputs, step),
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="updates-make-what-was-judged",
        severity="critical",
        applies_to=("*",),
        why="What a command, a dynamic provider or a plugin's component does stands in no resource that is judged.",
        fix="Declare the resources themselves; render manifests and charts first.",
        check=_unseen,
    ),
)
