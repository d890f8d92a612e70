"""Machines with GPUs as money: prices of the region's table, one series a type and way of paying."""

from components.observability.machine_prices import IDLE, PRICE, price_groups


def test_each_type_with_a_price_has_one_a_way_of_paying():
    (group,) = price_groups("eu-central-1", ["g6.4xlarge", "g6.2xlarge", "g6.2xlarge", "p5.48xlarge"])
    *prices, idle = group["rules"]
    assert idle["record"] == IDLE
    assert {rule["record"] for rule in prices} == {PRICE}
    said = {
        (r["labels"]["instance_type"], r["labels"]["capacity_type"]): r["expr"]
        for r in prices
        if r["labels"]["capacity_type"] != "spot"
    }
    # The dearest type has no price in the region: no series, which is not a price of nothing.
    assert said == {
        ("g6.2xlarge", "on-demand"): "vector(1.22249)",
        ("g6.2xlarge", "reserved"): "vector(1.22249)",
        ("g6.4xlarge", "on-demand"): "vector(1.65466)",
        ("g6.4xlarge", "reserved"): "vector(1.65466)",
    }


def test_without_a_price_nothing_is_recorded():
    assert price_groups("eu-central-1", ["p5.48xlarge"]) == []
    assert price_groups("eu-central-1", []) == []
