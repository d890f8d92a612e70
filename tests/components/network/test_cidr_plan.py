from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.cidr_plan import MOST_ZONES, plan_subnets

ZONES = ("a", "b", "c", "d")


@st.composite
def vpcs(draw):
    length = draw(st.integers(16, 20))
    return str(IPv4Network((draw(st.integers(0, 2**32 - 1)) >> (32 - length) << (32 - length), length)))


def _ranges(plans):
    return [IPv4Network(cidr) for plan in plans for cidr in (plan.nodes, plan.public, plan.control_plane)]


@given(vpcs(), st.integers(1, MOST_ZONES))
def test_subnets_lie_inside_the_vpc_and_apart_from_each_other(vpc, count):
    ranges = _ranges(plan_subnets(vpc, ZONES[:count]))

    assert len(ranges) == 3 * count
    assert all(r.subnet_of(IPv4Network(vpc)) for r in ranges)
    assert not any(a.overlaps(b) for a, b in combinations(ranges, 2))


@given(vpcs(), st.integers(1, MOST_ZONES - 1))
def test_a_zone_added_at_the_end_moves_nobody(vpc, count):
    assert plan_subnets(vpc, ZONES[: count + 1])[:count] == plan_subnets(vpc, ZONES[:count])


@given(vpcs(), st.integers(1, MOST_ZONES))
def test_every_subnet_is_one_that_aws_accepts_and_nodes_get_an_eighth_each(vpc, count):
    for plan in plan_subnets(vpc, ZONES[:count]):
        assert IPv4Network(plan.nodes).num_addresses * 8 == IPv4Network(vpc).num_addresses
        assert IPv4Network(plan.public).prefixlen <= 28
        assert IPv4Network(plan.control_plane).prefixlen == 28


def test_the_default_range():
    assert [(p.zone, p.nodes, p.public) for p in plan_subnets("10.0.0.0/16", ["x-1a", "x-1b", "x-1c"])] == [
        ("x-1a", "10.0.0.0/19", "10.0.128.0/23"),
        ("x-1b", "10.0.32.0/19", "10.0.130.0/23"),
        ("x-1c", "10.0.64.0/19", "10.0.132.0/23"),
    ]


@pytest.mark.parametrize(
    ("cidr", "zones", "message"),
    [
        ("10.0.0.0/15", ["a"], r"must be /16 to /20 \(got 10\.0\.0\.0/15\)$"),
        ("10.0.0.0/21", ["a"], r"must be /16 to /20 \(got 10\.0\.0\.0/21\)$"),
        ("10.0.0.0/16", [], r"1 to 4 zones \(got 0\)$"),
        ("10.0.0.0/16", list("abcde"), r"1 to 4 zones \(got 5\)$"),
        ("10.0.0.0/16", ["a", "b", "a"], r"a zone stands twice in a, b, a$"),
    ],
)
def test_what_cannot_be_planned_says_why(cidr, zones, message):
    with pytest.raises(ValueError, match=message):
        plan_subnets(cidr, zones)
