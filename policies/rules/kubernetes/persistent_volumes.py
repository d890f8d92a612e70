"""What must hold for persistent volumes: none is a folder of a node (hostPath)."""

from collections.abc import Iterable
from typing import Final

from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

VOLUME: Final = "kubernetes:core/v1:PersistentVolume"


def _folder_of_a_node(volume: Resource, _graph: Graph) -> Iterable[Offence]:
    if at(volume.inputs, "spec.hostPath") is not None:
        path = text(at(volume.inputs, "spec.hostPath.path"), "hostPath.path")
        yield Offence(
            path="spec.hostPath", problem=f"is the folder {path} of whatever node its pod runs on", value=path
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="no-hostpath-persistent-volumes",
        severity="critical",
        aliases=("volumes-are-not-folders-of-nodes",),
        applies_to=(VOLUME,),
        why="A claim on it reads and writes the node's own files, past every rule about pods.",
        fix="Use a StorageClass; the node's own disks are local volumes.",
        check=_folder_of_a_node,
    ),
)
