"""Where webhooks are called from: the network of the stack, or of the one that owns it."""

import pytest

from stacks.load import SettingsError, load_stack, read_stack

PLATFORM = {
    "organisation": "example",
    "environment": "dev",
    "account": "111122223333",
    "region": "eu-central-1",
    "owner": "ml-platform",
    "cost_center": "ml",
}


def test_it_is_the_range_of_the_network_here():
    raw = {"platform": PLATFORM, "identity": {}, "network": {"vpc_cidr": "10.9.0.0/16"}}
    assert load_stack("dev", raw).ground.api_server_range == "10.9.0.0/16"


def test_a_stack_on_top_uses_its_upstreams():
    above = read_stack("prod").settings.network
    assert above is not None
    assert read_stack("prod-models").ground.api_server_range == above.vpc_cidr


def test_without_a_network_it_is_one_clear_error():
    stack = load_stack("dev", {"platform": PLATFORM})
    with pytest.raises(SettingsError, match=r"network: another section needs it; .* upstream that holds it$"):
        _ = stack.ground.api_server_range
