"""The worked example of the page about costs is what the code says."""

from datetime import date

from facts.prices import instance_price, prices, reserved_price
from releases.throughput import Throughput
from tests.conftest import ROOT

PAGE = " ".join((ROOT / "docs" / "cost.md").read_text(encoding="utf-8").split())


def test_a_published_throughput_becomes_the_price_that_is_said():
    hourly = instance_price("g6.2xlarge", "eu-central-1")
    stated = Throughput(
        tokens_per_second=623.95, machine="g6.2xlarge", source="s", measured=date(2026, 11, 30)
    )
    assert f"**${stated.usd_per_million(hourly):.2f} a million** in eu-central-1" in PAGE
    assert f"{hourly} USD an hour by {623.95 * 3600 / 1e6:.2f} million tokens" in PAGE


def test_ways_to_pay_are_those_of_the_table():
    hours = prices().hours_a_month
    demand, spot = (instance_price("g6.2xlarge", "eu-central-1", spot=way) * hours for way in (False, True))
    assert f"a g6.2xlarge a month: ${demand:,.0f} on demand, ${spot:,.0f} on spot" in PAGE
    assert reserved_price("g6.2xlarge", "eu-central-1") is None
