"""What must hold for the way out of pods: models have none to the internet."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.analysis.mesh.objects import NAMESPACE, NETWORK_POLICY, holds_models
from policies.analysis.network.internet_range import is_internet
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, sequence, text

MODELS: Final = "models"
"""The namespace of models where a stack makes it and others fill it."""


def _is_for_models(policy: Resource, graph: Graph) -> bool:
    where = namespace_of(policy)
    return where == MODELS or any(
        name_of(namespace) == where and holds_models(namespace, graph)
        for namespace in graph.of_type(NAMESPACE)
    )


def _way_to_the_internet(policy: Resource, graph: Graph) -> Iterable[Offence]:
    if not _is_for_models(policy, graph):
        return
    spec = mapping(at(policy.inputs, "spec"), "spec")
    for index, rule in enumerate(sequence(at(spec, "egress"), "spec.egress")):
        where = f"spec.egress[{index}]"
        peers = sequence(at(mapping(rule, where), "to"), f"{where}.to")
        if not peers:
            yield Offence(path=f"{where}.to", problem="names nobody, so the internet too")
        yield from _ranges(peers, where)


def _ranges(peers: Any, where: str) -> Iterator[Offence]:
    for number, peer in enumerate(peers):
        path = f"{where}.to[{number}].ipBlock.cidr"
        block = mapping(at(mapping(known(peer, path), path), "ipBlock"), path)
        cidr = text(at(block, "cidr"), path)
        if cidr and is_internet(cidr):
            yield Offence(path=path, problem=f"{cidr} is the internet", value=cidr)


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="models-have-no-way-to-the-internet",
        severity="high",
        applies_to=(NETWORK_POLICY,),
        why="Code that runs in a model's pod, by its weights or by a bug, sends prompts and weights wherever it can.",
        fix="Leave workload_namespace.https_egress empty, or name the few ranges; AWS answers at endpoints in the VPC.",
        check=_way_to_the_internet,
        reads_graph=True,
    ),
)
