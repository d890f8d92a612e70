"""What must hold for our nodes: a taint says what may run on them."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.machines.types import NODE_GROUP, NODE_POOLS
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

_KEEPS_AWAY: Final = frozenset({"NO_SCHEDULE", "NO_EXECUTE", "NoSchedule", "NoExecute"})


def _untainted(nodes: Resource, _graph: Graph) -> Iterable[Offence]:
    path = "taints" if nodes.type == NODE_GROUP else "spec.template.spec.taints"
    taints = sequence(at(nodes.inputs, path), path)
    for index, taint in enumerate(taints):
        for field in ("key", "value"):
            if not text(at(taint, field), f"{path}[{index}].{field}"):
                yield Offence(
                    path=f"{path}[{index}].{field}", problem="is not set: pods tolerate key and value"
                )
        effect = text(at(taint, "effect"), f"{path}[{index}].effect")
        if effect not in _KEEPS_AWAY:
            yield Offence(path=f"{path}[{index}].effect", problem="keeps no pod away", value=effect or None)
    if not taints:
        yield Offence(path=path, problem="none: any pod may run here")


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="nodes-are-tainted",
        severity="medium",
        applies_to=(NODE_GROUP, *NODE_POOLS),
        why="Models on the platform's nodes drive it out; what is not a model on their pools takes what they pay for.",
        fix="Taint the nodes (CriticalAddonsOnly, slipway.dev/models, nvidia.com/gpu) with key, value and effect.",
        check=_untainted,
    ),
)
