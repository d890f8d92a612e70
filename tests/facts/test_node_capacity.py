"""What a node leaves for pods, done again by hand from the figures in the sources."""

import pytest

from facts.node_capacity import NodeCapacity, node_capacity


def test_a_general_purpose_machine():
    # 4 vCPU: 6 % of the first, 1 % of the second, 0.5 % of the next two = 80m. 16384 MiB less 7.5 %, less 255, less
    # 11 for each of 58 pods (4 interfaces x 14 addresses + 2), less 100.
    assert node_capacity("m7i.xlarge") == NodeCapacity(
        cpu_m=4000 - 80,
        memory_mib=15155 - 255 - 11 * 58 - 100,
        gpus=0,
        pods=58,
        vcpus=4,
        usd_per_hour=0.2016,
    )


def test_a_machine_with_gpus():
    found = node_capacity("g6e.12xlarge")
    assert (found.gpus, found.vcpus, found.cpu_m, found.pods) == (4, 48, 48000 - 190, 10 * 29 + 2)


@pytest.mark.parametrize(
    ("kind", "pods"),
    [("m7i.large", 29), ("m7i.xlarge", 58), ("m7i.2xlarge", 58), ("m7i.4xlarge", 234), ("g6.2xlarge", 58)],
)
def test_pods_are_bounded_by_addresses(kind, pods):
    assert node_capacity(kind).pods == pods


def test_what_has_no_nvidia_gpu_has_none_that_counts():
    assert node_capacity("trn2.48xlarge").gpus == 0


def test_a_type_whose_name_says_it_needs_no_row():
    found = node_capacity("r8i.2xlarge")
    assert (found.vcpus, found.usd_per_hour) == (8, None)


@pytest.mark.parametrize("kind", ["zz.large", "", "m7i", "m7i.huge"])
def test_what_nobody_knows_is_nothing(kind):
    assert node_capacity(kind) is None
