"""What must hold for machines of a node class: it finds subnets, groups and the disks it speaks of."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from policies.analysis.machines.types import NODE_CLASSES
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, sequence, text

_TERMS: Final = ("subnetSelectorTerms", "securityGroupSelectorTerms")


def _finds_nothing(node_class: Resource, _graph: Graph) -> Iterable[Offence]:
    for part in _TERMS:
        path = f"spec.{part}"
        terms = sequence(at(node_class.inputs, path), path)
        if (
            not terms and at(node_class.inputs, path) is not None
        ):  # where it is not there, the API refuses the class
            yield Offence(path=path, problem="is empty: no machine can be made")
        for index, term in enumerate(terms):
            if not _says_something(mapping(term, path)):
                yield Offence(
                    path=f"{path}[{index}]", problem="names no tag, id or name: no machine can be made"
                )
    path = "spec.blockDeviceMappings"
    for index, disk in enumerate(sequence(at(node_class.inputs, path), path)):
        if not text(at(disk, "deviceName"), "deviceName"):
            yield Offence(path=f"{path}[{index}].deviceName", problem="is not set: EC2 refuses the machine")


def _says_something(term: Mapping[str, Any]) -> bool:
    return any(term.get(key) for key in ("tags", "id", "name"))


RULES: tuple[Rule, ...] = (
    Rule(
        id="node-classes-find-their-network",
        severity="high",
        applies_to=NODE_CLASSES,
        why="Karpenter makes no machine of a class that is not ready: pods stay pending, and the class alone says why.",
        fix="Name tags, ids or names in each selector term, and deviceName in each mapping.",
        check=_finds_nothing,
    ),
)
