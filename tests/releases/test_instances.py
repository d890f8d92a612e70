"""Which machines hold a release: the cheapest first, every other one with its reason."""

import json

import pytest

from facts.accelerators import UnknownInstanceTypeError
from releases.instances import AcceleratorNeeds, accelerator_needs, fits, refusal
from releases.release import Release
from tests.releases.records import record

CHAT = Release.model_validate(record("chat-on-gpu"))


def test_the_cheapest_that_holds_it_comes_first():
    found = fits(CHAT)
    assert (found[0].instance_type, found[0].gpus, found[0].reason) == ("g6.2xlarge", "1 x L4", "")
    held = [fit for fit in found if not fit.reason]
    assert found[: len(held)] == held
    prices = [fit.usd_per_hour for fit in held if fit.usd_per_hour is not None]
    assert prices == sorted(prices)


def test_every_type_of_the_table_is_answered():
    from facts.accelerators import gpu_instances  # noqa: PLC0415 counted here only

    assert sorted(fit.instance_type for fit in fits(CHAT)) == sorted(gpu_instances())


def test_a_machine_outside_the_bounds_holds_nothing():
    (answer,) = [fit for fit in fits(CHAT) if fit.instance_type == "p5.48xlarge"]
    assert answer.reason == "h100 is not among bounds.placements"


def test_a_model_that_needs_no_gpu_asks_for_none():
    assert fits(Release.model_validate(record())) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"gpu_count": 2}, "has 1 x L4, needs 2"),
        (
            {"gpu_memory_gib": 21.0},
            "has 1 x 22888 MiB = 22.4 GiB, x 0.9 = 20.1 GiB usable, needs 21.0 GiB",
        ),
        ({"cpu": 8}, "has 8 vCPUs - 1 for the node = 7, needs 8"),
        ({"memory_gib": 30}, "has 32768 MiB - 4096 MiB for the node = 28.0 GiB of memory, needs 30.0 GiB"),
    ],
)
def test_a_refusal_shows_the_arithmetic(changes, said):
    needs = AcceleratorNeeds(
        **({"gpu_count": 1, "gpu_memory_gib": 19.51, "cpu": 4, "memory_gib": 24} | changes)
    )
    assert refusal(needs, "g6.2xlarge") == said


def test_an_unknown_type_is_refused_by_name():
    with pytest.raises(UnknownInstanceTypeError, match=r"did you mean .*$"):
        refusal(accelerator_needs(CHAT), "g6.2xlarg")
    assert json.dumps(accelerator_needs(CHAT).gpu_memory_gib) == "19.51"
