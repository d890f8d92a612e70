"""Where endpoints stand: apart from everything else in the VPC."""

from ipaddress import IPv4Network
from itertools import combinations

import pytest

from components.network.cidr_plan import plan_subnets
from components.network.endpoint_plan import endpoint_ranges


def test_a_zone_has_a_small_range():
    assert endpoint_ranges("10.0.0.0/16", ["a", "b", "c"]) == {
        "a": "10.0.144.0/27",
        "b": "10.0.146.0/27",
        "c": "10.0.148.0/27",
    }


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.8.0.0/18", "172.16.0.0/20"])
def test_ranges_never_overlap_with_subnets_of_the_plan(cidr):
    zones = ["a", "b", "c", "d"]
    others = [r for plan in plan_subnets(cidr, zones) for r in vars(plan).values() if "/" in r]
    ranges = [IPv4Network(r) for r in (*others, *endpoint_ranges(cidr, zones).values())]
    assert len(ranges) >= 12
    assert [pair for pair in combinations(ranges, 2) if pair[0].overlaps(pair[1])] == []
    assert all(r.subnet_of(IPv4Network(cidr)) for r in ranges)
