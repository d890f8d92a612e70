"""Which mutants the gate's rules notice, and by which rules."""

import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.packs import ALL
from policies.rules.platform.declared_grants import component_of
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.relevance import Table

DEFINITION: Final = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
_ALONE: Final = tuple(rule for rule in ALL if not rule.reads_graph)
_TOGETHER: Final = tuple(rule for rule in ALL if rule.reads_graph)
_SHAPE: Final = "shape"
_graphs: dict[str, Graph] = {}
"""Captured stacks, by name: workers are forked and find them here."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A mutant, what is lost with it, the component it is of, and the rules that noticed."""

    mutant: Mutant
    heading: str
    component: str
    rules: tuple[str, ...]

    @property
    def is_killed(self) -> bool:
        """Whether the gate turned red; a rule that could not be decided turns it red too."""
        return bool(self.rules)


def chosen(graphs: Mapping[str, Graph], table: Table) -> tuple[list[tuple[str, Mutant]], int]:
    """Relevant mutants with their headings, and how many places there are in all.

    The same defect of the same resource in a second stack is the same mutant: stacks share their components. What
    definitions of kinds hold is upstream's, kept by digest (facts/crds): they are left as they are.
    """
    found: dict[tuple[object, ...], tuple[str, Mutant]] = {}
    places = 0
    for name, graph in graphs.items():
        for mutant in mutants(name, Graph(r for r in graph if r.type != DEFINITION)):
            places += 1
            heading = table.heading(mutant)
            if heading:
                key = (mutant.type, mutant.name, mutant.path, mutant.where, mutant.change)
                found.setdefault(key, (heading, mutant))
    return list(found.values()), places


def outcomes(graphs: Mapping[str, Graph], todo: Iterable[tuple[str, Mutant]]) -> Iterator[Outcome]:
    """Every mutant that its API would accept, judged; in the order given, on all processors."""
    _graphs.update(graphs)
    listed = list(todo)
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(len(os.sched_getaffinity(0)), mp_context=context) as pool:
        answers = pool.map(_noticed, (mutant for _, mutant in listed), chunksize=16)
        for (heading, mutant), rules in zip(listed, answers, strict=True):
            if rules != (_SHAPE,):
                yield Outcome(
                    mutant=mutant,
                    heading=heading,
                    component=_component(graphs[mutant.stack].by_urn[mutant.urn]),
                    rules=rules,
                )


def _component(resource: Resource) -> str:
    return component_of(resource) or "the program itself"


def _noticed(mutant: Mutant) -> tuple[str, ...]:
    """Rules of one resource first: they need no second look at the whole stack."""
    graph = _graphs[mutant.stack]
    if mutant.where:
        changed = mutant.resource(graph)
        alone = _red(Graph([changed]), _ALONE)
        if alone:
            return alone
        if check_shapes([changed]).problems:
            return (_SHAPE,)
    return _red(mutant.of(graph), _TOGETHER)


def _red(graph: Graph, rules: Iterable[Rule]) -> tuple[str, ...]:
    said = judge(graph, rules)
    return tuple(sorted({one.rule for one in (*said.findings, *said.undecided, *said.faults)}))
