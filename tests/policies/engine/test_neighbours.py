from dataclasses import replace

import pytest

from policies.engine.catalog import RULES
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.neighbours import pointing_at
from policies.engine.values import UndecidedError
from tests.policies.cases import resource

TARGET = resource("a:b:Target", {}, id="t-1")


def _pointer(name, value, **extra):
    return resource("a:b:Pointer", {"to": value}, name=name, **extra)


def test_a_neighbour_is_found_by_id_and_by_where_its_value_comes_from():
    by_id = _pointer("by-id", "t-1")
    by_source = _pointer("by-source", UNKNOWN, property_dependencies={"to": frozenset({TARGET.urn})})
    elsewhere = _pointer("elsewhere", "t-2")

    assert pointing_at(
        Graph([TARGET, by_id, by_source, elsewhere]), TARGET, "a:b:Pointer", "to", every=True
    ) == [
        by_id,
        by_source,
    ]


def test_what_a_stack_only_reads_is_judged_where_it_is_made():
    rule = next(rule for rule in RULES if rule.id == "stored-data-is-encrypted")
    volume = resource("aws:ebs/volume:Volume", {"encrypted": False})
    assert judge(Graph([volume]), [rule]).findings != ()
    read = judge(Graph([replace(volume, is_read=True)]), [rule])
    assert (read.findings, read.decided) == ((), 0)


def test_an_unknown_pointer_is_not_nobody():
    graph = Graph([TARGET, _pointer("lost", UNKNOWN)])

    with pytest.raises(UndecidedError, match=r"lost: to is not known yet$"):
        pointing_at(graph, TARGET, "a:b:Pointer", "to")


def test_one_certain_neighbour_is_enough_unless_every_one_counts():
    certain = _pointer("certain", "t-1")
    graph = Graph([TARGET, certain, _pointer("lost", UNKNOWN)])

    assert pointing_at(graph, TARGET, "a:b:Pointer", "to") == [certain]
    with pytest.raises(UndecidedError, match=r"lost: to is not known yet$"):
        pointing_at(graph, TARGET, "a:b:Pointer", "to", every=True)


def test_an_unknown_value_that_comes_from_elsewhere_points_elsewhere():
    other = resource("a:b:Target", {}, name="other", id="t-2")
    pointer = _pointer("known-source", UNKNOWN, property_dependencies={"to": frozenset({other.urn})})

    assert pointing_at(Graph([TARGET, other, pointer]), TARGET, "a:b:Pointer", "to") == []
