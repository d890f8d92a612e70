"""The disk of a pool's nodes, and what pods write to it.

Images, logs and every emptyDir share the kubelet's disk. A pod may ask for what is left of it after the eviction
threshold of a tenth (Kubernetes, "Local ephemeral storage" and "Node-pressure Eviction", read 2026-11-29).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from facts.node_disks import local_disks_gb
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.machines.pools import Pool
from policies.analysis.machines.types import AUTO_MODE, NODE_CLASSES, NODE_GROUP
from policies.engine.graph import Graph, Resource
from policies.engine.values import at, flag, mapping, mebibytes, number, sequence, text

_DATA: Final = {
    "bottlerocket": "/dev/xvdb",
    "al2023": "/dev/xvda",
    "al2": "/dev/xvda",
    "windows2019": "/dev/sda1",
    "windows2022": "/dev/sda1",
}
"""The device that holds what pods write, of each family of images Karpenter knows."""
_DEFAULT_MIB: Final = 20 * 1024
"""Of a node class without mappings, and of a managed group without a template (``DefaultEBS`` in
pkg/providers/amifamily of karpenter-provider-aws; EKS API, ``diskSize``; from memory, 2026-11-29)."""
_AUTO_MIB: Final = 80 * 1024
"""``ephemeralStorage.size`` of a NodeClass that sets none (EKS user guide, "Create a Node Class", from memory)."""
_KEPT: Final = 0.1


def disk_mib(pool: Pool, graph: Graph) -> float | None:
    """What a pool's nodes have for pods' files, in MiB; None where it is not in view.

    Raises:
        UndecidedError: a size cannot be read.
    """
    first = pool.resources[0]
    if first.type == NODE_GROUP:
        return _of_group(first)
    reference = mapping(at(first.inputs, "spec.template.spec.nodeClassRef"), "nodeClassRef")
    name, kind = text(reference.get("name"), "name"), text(reference.get("kind"), "kind") or "EC2NodeClass"
    types: tuple[str, ...] = (AUTO_MODE,) if kind == "NodeClass" else NODE_CLASSES
    found = graph.once_for(_by_name, types).get(name, [])
    if len(found) != 1:
        return None
    return _of_auto_mode(found[0], pool) if kind == "NodeClass" else _of_class(found[0], pool)


def _by_name(graph: Graph, types: tuple[str, ...]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for one in graph.of_type(*types):
        found.setdefault(name_of(one), []).append(one)
    return found


def _of_group(group: Resource) -> float | None:
    if at(group.inputs, "launchTemplate") is not None:
        return None
    said = number(at(group.inputs, "diskSize"), "diskSize")
    return _DEFAULT_MIB if said is None else said * 1024


def _of_auto_mode(node_class: Resource, pool: Pool) -> float | None:
    if not pool.types or any(local_disks_gb(t) != 0 for t in pool.types):
        return None
    said = at(node_class.inputs, "spec.ephemeralStorage.size")
    return _AUTO_MIB if said is None else mebibytes(said, "spec.ephemeralStorage.size")


def _of_class(node_class: Resource, pool: Pool) -> float | None:
    if text(at(node_class.inputs, "spec.instanceStorePolicy"), "instanceStorePolicy") == "RAID0":
        local = [local_disks_gb(t) for t in pool.types]
        if not local or any(one is None for one in local):
            return None
        if all(local):
            return min(one for one in local if one is not None) * 1e9 / 2**20
    family = _family(node_class)
    disks = [
        mapping(d, "blockDeviceMappings")
        for d in sequence(at(node_class.inputs, "spec.blockDeviceMappings"), "blockDeviceMappings")
    ]
    if not disks:
        return _DEFAULT_MIB if family in _DATA else None
    roots = [d for d in disks if flag(d.get("rootVolume"), "rootVolume")]
    held = roots or [d for d in disks if d.get("deviceName") == _DATA.get(family)]
    if not held and len(disks) == 1 and family != "bottlerocket":
        held = disks
    size = at(held[0], "ebs.volumeSize") if held else None
    return None if size is None else mebibytes(size, "ebs.volumeSize")


def _family(node_class: Resource) -> str:
    said = text(at(node_class.inputs, "spec.amiFamily"), "spec.amiFamily").lower()
    terms = sequence(at(node_class.inputs, "spec.amiSelectorTerms"), "amiSelectorTerms")
    aliases = [text(at(term, "alias"), "alias").partition("@")[0].lower() for term in terms]
    return said or next((alias for alias in aliases if alias), "")


def too_much(spec: Mapping[str, Any], disk: float) -> Iterator[tuple[str, str]]:
    """What of a pod a disk cannot hold: its place in the pod, and the sentence.

    Raises:
        UndecidedError: an amount cannot be read.
    """
    room = disk * (1 - _KEPT)
    volumes = list(_on_disk(spec))
    for index, name, size in volumes:
        if size > room:
            yield f"volumes[{index}].emptyDir.sizeLimit", f"{name} may hold {_gib(size)}"
            return
    total = sum(size for _, _, size in volumes)
    if total > disk:
        yield "volumes", f"{', '.join(name for _, name, _ in volumes)} may hold {_gib(total)} together"
        return
    asked = sum(_asked(c) for c in sequence(at(spec, "containers"), "containers"))
    if asked > room:
        yield "containers", f"its containers ask for {_gib(asked)} of ephemeral-storage"


def _on_disk(spec: Mapping[str, Any]) -> Iterator[tuple[int, str, float]]:
    for index, volume in enumerate(sequence(at(spec, "volumes"), "volumes")):
        size = at(volume, "emptyDir.sizeLimit")
        if size is not None and text(at(volume, "emptyDir.medium"), "medium") == "":
            yield index, text(at(volume, "name"), "name"), mebibytes(size, "emptyDir.sizeLimit")


def _asked(container: Any) -> float:
    for kind in ("requests", "limits"):
        said = at(container, f"resources.{kind}.ephemeral-storage")
        if said is not None:
            return mebibytes(said, "ephemeral-storage")
    return 0


def _gib(mib: float) -> str:
    return f"{mib / 1024:.0f} GiB"


def in_words(disk: float) -> str:
    """A disk as findings name it."""
    return _gib(disk)
