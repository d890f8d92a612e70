"""Whether what a namespace may claim of storage holds the claims in view: a quota refuses the first one past it."""

from collections.abc import Iterator
from typing import Any, Final

from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence
from policies.engine.values import UndecidedError, at, known, mapping, mebibytes, number, sequence, text

CLAIM: Final = "kubernetes:core/v1:PersistentVolumeClaim"
_SET: Final = "kubernetes:apps/v1:StatefulSet"
_HARD: Final = "spec.hard"
_OF_CLASS: Final = ".storageclass.storage.k8s.io/"
_ALL: Final = "requests.storage"
_COUNT: Final = ("persistentvolumeclaims", "count/persistentvolumeclaims")
Claimed = tuple[str, str, float, int]
"""Whose claim it is, its class, MiB of each, and how many."""


def overclaimed(quota: Resource, graph: Graph) -> Iterator[Offence]:
    """Claims and what sets of pods claim for each of theirs, against each amount that is for storage.

    Raises:
        UndecidedError: an amount cannot be read.
    """
    hard = mapping(at(quota.inputs, _HARD), _HARD)
    claims = list(claimed(graph, namespace_of(quota)))
    for key, value in hard.items():
        class_, _, what = key.rpartition(_OF_CLASS)
        what = what or key
        mine = [one for one in claims if not class_ or one[1] == class_]
        path = below(_HARD, key)
        if what == _ALL:
            needs, has = sum(size * count for _, _, size, count in mine), mebibytes(value, path)
            unit = " MiB"
        elif what in _COUNT:
            needs, has, unit = float(sum(count for *_, count in mine)), _count(value, path), ""
        else:
            continue
        if needs > has:
            names = ", ".join(sorted({name for name, *_ in mine}))
            yield Offence(
                path=path,
                problem=f"{names} claim {needs:g}{unit}, and all claims together may have {has:g}{unit}",
                value=value,
            )


def claimed(graph: Graph, where: str) -> Iterator[Claimed]:
    """What is claimed in a namespace.

    Raises:
        UndecidedError: an amount cannot be read.
    """
    for claim in inside(graph, where, CLAIM):
        yield _read(name_of(claim), claim.inputs, 1)
    for owner in inside(graph, where, _SET):
        said = number(at(owner.inputs, "spec.replicas"), "spec.replicas")
        path = "spec.volumeClaimTemplates"
        for template in sequence(at(owner.inputs, path), path):
            yield _read(name_of(owner), template, 1 if said is None else int(said))


def _read(name: str, claim: Any, count: int) -> Claimed:
    size = mebibytes(known(at(claim, "spec.resources.requests.storage")) or 0, "storage")
    return name, text(at(claim, "spec.storageClassName"), "storageClassName"), size, count


def _count(value: Any, path: str) -> float:
    said = str(known(value, path))
    if not said.isdecimal():
        raise UndecidedError(f"{path}: expected a number, got {value!r}")
    return float(said)
