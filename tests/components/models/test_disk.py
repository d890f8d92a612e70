"""What a replica takes of its node's disk."""

import pytest

from components.compute.gpu_pool import GpuPoolSettings
from components.models.disk import disk_problem, pod_disk_gib
from facts.accelerators import gpu_instance

GB = 10**9


def pool(*types, disk=200):
    return GpuPoolSettings(instance_types=list(types), max_gpus=8, data_disk_gib=disk)


@pytest.mark.parametrize(
    ("engine", "size", "is_copied", "gib"),
    [
        ("vllm", 141 * GB, True, 132 + 20),
        ("vllm", 141 * GB, False, 20),
        ("xgboost", 1, True, 1 + 2),
        ("huggingface", 0, True, 2),
    ],
)
def test_a_pod_writes_its_scratch_and_the_files_that_are_copied_into_it(engine, size, is_copied, gib):
    assert pod_disk_gib(engine, size, is_copied=is_copied) == gib


@pytest.mark.parametrize(
    ("machines", "size"),
    [
        # 450 GB of local disk are 419 GiB.
        (pool("g6.2xlarge"), 141 * GB),
        (pool("g6.2xlarge", disk=100), 300 * GB),
        # The smallest machine counts, since any of them may be rented.
        (pool("g6.xlarge", "g6.48xlarge"), 150 * GB),
    ],
)
def test_disks_that_hold_a_replica(machines, size):
    assert disk_problem("vllm", size, machines) is None


def test_a_model_that_would_fill_the_disk_is_refused_with_the_arithmetic():
    assert disk_problem("vllm", 200 * GB, pool("g6.xlarge", "g6.48xlarge")) == (
        "a replica takes 237 GiB of disk (files, scratch, 30 GiB for the server), a machine has 232 GiB, x 0.9 = "
        "208 GiB usable; raise the pool's data_disk_gib or choose machines with local disks"
    )


def test_one_machine_without_local_disks_puts_the_whole_pool_on_the_disk_it_is_given(monkeypatch):
    plain = gpu_instance("g6.xlarge").model_copy(update={"local_nvme_gb": 0})
    monkeypatch.setattr("components.models.disk.gpu_instances", lambda: {"g6.xlarge": plain})
    assert disk_problem("vllm", 141 * GB, pool("g6.xlarge", disk=210)) is None
    assert "a machine has 200 GiB" in (disk_problem("vllm", 141 * GB, pool("g6.xlarge")) or "")
