"""First fit, the largest first: who finds room, where, and who does not."""

from dataclasses import replace

from facts.node_capacity import NodeCapacity
from policies.analysis.machines.packing import Packed, fits, less, pack
from policies.analysis.machines.requests import Requests

NODE = NodeCapacity(cpu_m=4000, memory_mib=1000, gpus=1, pods=3, vcpus=4, usd_per_hour=0.2)


def test_a_node_holds_what_it_has_to_the_last_unit_and_no_more():
    assert fits(Requests(4000, 1000, 1), NODE)
    assert not fits(Requests(4001, 0, 0), NODE)
    assert not fits(Requests(0, 1001, 0), NODE)
    assert not fits(Requests(0, 0, 2), NODE)


def test_pods_of_every_node_are_taken_off_it_with_their_number():
    left = less(NODE, Requests(500, 100, 0), 2)
    assert left == replace(NODE, cpu_m=3500, memory_mib=900, pods=1)


def test_the_largest_comes_first_and_small_ones_fill_what_it_leaves():
    asked = [("small", Requests(1000, 10)), ("large", Requests(3000, 10)), ("small", Requests(1000, 10))]
    assert pack(asked, NODE, None) == Packed(2, (), (("large", "small"), ("small",)))


def test_the_number_of_pods_bounds_a_node_too():
    asked = [(f"p{i}", Requests(1, 1)) for i in range(4)]
    assert pack(asked, NODE, None) == Packed(2, (), (("p0", "p1", "p2"), ("p3",)))


def test_beyond_the_most_nodes_pods_are_left():
    asked = [("a", Requests(3000, 10)), ("b", Requests(3000, 10))]
    assert pack(asked, NODE, 1) == Packed(1, ("b",), (("a",),))
    assert pack(asked, NODE, 0) == Packed(0, ("a", "b"))


def test_what_no_empty_node_holds_is_left_whatever_the_number():
    assert pack([("huge", Requests(5000, 10))], NODE, None) == Packed(0, ("huge",))


def test_the_order_in_which_pods_come_changes_nothing():
    asked = [("a", Requests(1500, 10)), ("b", Requests(2500, 10)), ("c", Requests(1500, 900))]
    assert pack(asked, NODE, None) == pack(asked[::-1], NODE, None)
