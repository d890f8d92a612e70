"""What a name of an instance type without GPU says, and names that say nothing."""

import pytest

from facts.cpu_instances import CpuInstance, cpu_instance


@pytest.mark.parametrize(
    ("name", "vcpus", "gib"),
    [
        ("m7i.large", 2, 8),
        ("m7i.xlarge", 4, 16),
        ("m7i-flex.2xlarge", 8, 32),
        ("c7a.16xlarge", 64, 128),
        ("r6id.4xlarge", 16, 128),
        ("m6in.32xlarge", 128, 512),
        ("m8i.48xlarge", 192, 768),
    ],
)
def test_the_size_is_in_the_name(name: str, vcpus: int, gib: int) -> None:
    assert cpu_instance(name) == CpuInstance(vcpus=vcpus, memory_mib=gib * 1024)


@pytest.mark.parametrize(
    "name", ["t3.xlarge", "m7g.xlarge", "c5n.9xlarge", "g6.xlarge", "m7i.metal-24xl", "m7i.medium", "", "x"]
)
def test_what_the_name_does_not_say_is_not_told(name: str) -> None:
    assert cpu_instance(name) is None
