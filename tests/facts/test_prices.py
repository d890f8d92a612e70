"""Prices: what has none is unknown, and every price says where it is from."""

import pytest
from pydantic import ValidationError

from facts.prices import ServicePrice, instance_price, prices, service_price


def test_a_price_everywhere_is_the_same_in_a_region_that_nobody_named():
    assert service_price("eks_cluster_hour", "eu-central-1") == 0.10
    assert service_price("eks_cluster_hour", "sa-east-1") == 0.10


def test_a_price_of_a_region_is_no_other_regions():
    assert service_price("nat_gateway_hour", "us-east-1") == 0.045
    assert service_price("nat_gateway_hour", "eu-central-1") == 0.052
    assert service_price("nat_gateway_hour", "sa-east-1") is None


def test_machines_on_demand_and_on_spot():
    assert instance_price("g6.2xlarge", "eu-central-1") == 1.22249
    assert instance_price("g6.2xlarge", "us-east-1") == 0.9776
    assert instance_price("g6.2xlarge", "eu-central-1", spot=True) == 0.3901
    assert instance_price("g6.2xlarge", "sa-east-1") is None
    assert instance_price("zz.large", "us-east-1") is None


def test_sizes_of_a_family_cost_by_their_size():
    table = prices().instances.on_demand["eu-central-1"]
    assert table["m7i.12xlarge"] == pytest.approx(6 * table["m7i.2xlarge"])
    assert table["m7i.12xlarge"] == pytest.approx(12 * table["m7i.xlarge"])


def test_spot_is_below_on_demand():
    for region, table in prices().instances.spot.items():
        for kind, usd in table.items():
            assert usd < instance_price(kind, region)


def test_every_price_has_a_source_and_one_way_to_say_it():
    for name, price in prices().services.items():
        assert price.source, name
        assert (price.everywhere is None) == bool(price.regions), name


@pytest.mark.parametrize("usd", [0, -1])
def test_nothing_costs_nothing(usd):
    with pytest.raises(ValidationError):
        ServicePrice(called="x", source="x", everywhere=usd)
