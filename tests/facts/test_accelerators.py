import json
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from facts.accelerators import UnknownInstanceTypeError, gpu_instance, gpu_instances

FILE = Path(__file__).parents[2] / "facts" / "accelerators.json"


def test_a_row_reads_as_aws_describes_the_type() -> None:
    assert gpu_instance("g6.2xlarge").model_dump() == {
        "arch": "x86_64",
        "vcpus": 8,
        "memory_mib": 32768,
        "gpu": "L4",
        "gpu_count": 1,
        "gpu_memory_mib": 22888,
        "local_nvme_gb": 450,
        "efa": False,
        "encryption_in_transit": True,
        "usage_classes": ["on-demand", "spot"],
        "on_demand_usd_per_hour_us_east_1": 0.9776,
    }


def test_the_table_says_where_it_was_read_and_when() -> None:
    sources = json.loads(FILE.read_text(encoding="utf-8"))["sources"]
    assert set(sources) == {"instances", "prices"}
    assert all(re.search(r"20\d\d-\d\d-\d\d", source) for source in sources.values())


def test_the_table_is_sorted_and_holds_whole_gpus_only() -> None:
    table = gpu_instances()
    assert list(table) == sorted(table)
    assert all(row.gpu_count >= 1 and row.gpu_memory_mib >= 16 * 1024 for row in table.values())


def test_a_row_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        gpu_instance("g6.2xlarge").gpu_count = 8  # type: ignore[misc]  # what the test is about


def test_a_missing_price_is_none_and_not_zero() -> None:
    assert gpu_instance("p5e.48xlarge").on_demand_usd_per_hour_us_east_1 is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "g6.2xlage",
            "'g6.2xlage' is no GPU instance type we know; did you mean g6.2xlarge or g6e.2xlarge",
        ),
        ("m7i", "'m7i' is no GPU instance type we know; facts/accelerators.json lists those it can be"),
    ],
)
def test_an_unknown_type_is_named_with_close_ones(name: str, message: str) -> None:
    with pytest.raises(UnknownInstanceTypeError) as error:
        gpu_instance(name)
    assert str(error.value).startswith(message)
