"""AWS's regions, zones and what they offer."""

import pytest
from pydantic import TypeAdapter, ValidationError

from facts.accelerators import gpu_instances
from facts.regions import Region, not_offered, offering, regions, zones


@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", "mx-central-1"])
def test_a_region_of_the_supported_partition_stands(region):
    assert TypeAdapter(Region).validate_python(region) == region


@pytest.mark.parametrize(
    ("region", "said"),
    [
        ("eu-centrall-1", "no region of AWS; did you mean eu-central-1?"),
        ("xx-nowhere-9", "no region of AWS, such as eu-central-1"),
        (
            "cn-north-1",
            "stands in partition aws-cn, whose ARNs and endpoints have other names; only aws is supported",
        ),
    ],
)
def test_another_is_refused_in_words(region, said):
    with pytest.raises(ValidationError) as error:
        TypeAdapter(Region).validate_python(region)
    assert error.value.errors()[0]["msg"] == f"Value error, {said}"


def test_zones_are_the_regions_own_and_those_that_other_accounts_have():
    assert zones("eu-central-1") == frozenset("abc")
    assert zones("ca-central-1") == frozenset("abd")
    assert zones("us-west-1") == frozenset("abc")
    assert zones("mx-central-1") == frozenset(), "not known, so nothing is refused"


def test_what_a_region_does_not_offer_is_told_and_what_is_not_known_is_not():
    assert not_offered(["p5en.48xlarge", "g6.xlarge", "no.such"], "ca-central-1") == ["p5en.48xlarge"]
    assert not_offered(["p5en.48xlarge"], "mx-central-1") == []
    assert "us-east-1" in offering("p5en.48xlarge")


def test_every_gpu_type_is_offered_somewhere_and_only_in_real_regions():
    for name in gpu_instances():
        assert offering(name), name
        assert offering(name) <= regions().keys()
