from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from components.compute.gpu_pool import GpuPoolSettings
from components.models.capacity import placement
from facts.accelerators import gpu_instance, gpu_instances
from releases.instances import AcceleratorNeeds


@dataclass(frozen=True)
class Pool:
    instance_types: list[str]
    max_gpus: int = 8


L4 = Pool(["g6.2xlarge"])


def needs(
    gpu_count: int = 1, gpu_memory_gib: float = 18, cpu: float = 4, memory_gib: float = 16
) -> AcceleratorNeeds:
    return AcceleratorNeeds(
        gpu_count=gpu_count, gpu_memory_gib=gpu_memory_gib, cpu=cpu, memory_gib=memory_gib
    )


def test_every_pool_and_type_that_holds_a_replica_is_named() -> None:
    found = placement(needs(), {"l40s": Pool(["g6e.xlarge", "g6e.2xlarge"]), "l4": L4})
    assert found.holds == {"l4": ["g6.2xlarge"], "l40s": ["g6e.2xlarge"]}
    assert found.refused == ["l40s: g6e.xlarge has 4 vCPUs - 1 for the node = 3, needs 4"]
    assert found.problem is None


def test_settings_of_a_pool_can_be_given_as_they_are() -> None:
    settings = GpuPoolSettings(instance_types=["g6.2xlarge"], max_gpus=2)
    assert placement(needs(), {"l4": settings}).holds == {"l4": ["g6.2xlarge"]}


def test_a_model_no_pool_holds_is_refused_with_the_arithmetic_of_each() -> None:
    found = placement(
        needs(gpu_memory_gib=40), {"l4": Pool(["g6.2xlarge", "g6.12xlarge"], 4), "a10g": Pool(["g5.xlarge"])}
    )
    assert found.holds == {}
    assert found.problem == (
        "no GPU pool holds a replica; slipway release explain names what does:\n"
        "  a10g: g5.xlarge has 1 x 22888 MiB = 22.4 GiB, x 0.9 = 20.1 GiB usable, needs 40.0 GiB\n"
        "  l4: g6.2xlarge has 1 x 22888 MiB = 22.4 GiB, x 0.9 = 20.1 GiB usable, needs 40.0 GiB\n"
        "  l4: g6.12xlarge has 1 x 22888 MiB = 22.4 GiB, x 0.9 = 20.1 GiB usable, needs 40.0 GiB"
    )


def test_memory_counts_only_of_the_gpus_a_replica_asks_for() -> None:
    pool = {"l4": Pool(["g6.12xlarge"])}
    assert placement(needs(gpu_count=2, gpu_memory_gib=40), pool).holds == {"l4": ["g6.12xlarge"]}
    assert placement(needs(gpu_count=2, gpu_memory_gib=41), pool).holds == {}


def test_too_few_gpus_are_refused() -> None:
    assert placement(needs(gpu_count=2), {"l4": L4}).refused == ["l4: g6.2xlarge has 1 x L4, needs 2"]


def test_a_machine_above_the_limit_of_its_pool_is_never_bought() -> None:
    found = placement(needs(gpu_count=4, gpu_memory_gib=60), {"l4": Pool(["g6.2xlarge", "g6.12xlarge"], 2)})
    assert found.refused == [
        "l4: g6.2xlarge has 1 x L4, needs 4",
        "l4: g6.12xlarge brings 4 x L4, the pool's max_gpus is 2",
    ]


def test_processors_and_memory_leave_room_for_the_node() -> None:
    assert placement(needs(cpu=7.5), {"l4": L4}).refused == [
        "l4: g6.2xlarge has 8 vCPUs - 1 for the node = 7, needs 7.5"
    ]
    assert placement(needs(memory_gib=30), {"l4": L4}).refused == [
        "l4: g6.2xlarge has 32768 MiB - 4096 MiB for the node = 28.0 GiB of memory, needs 30.0 GiB"
    ]


def test_without_pools_the_error_says_so() -> None:
    assert placement(needs(), {}).problem == "there is no GPU pool; add one under gpu_pools"


@given(st.sampled_from(sorted(gpu_instances())), st.integers(1, 8), st.floats(0.1, 2000))
def test_what_is_placed_fits_the_machine(name: str, gpu_count: int, gib: float) -> None:
    """Whatever is placed needs no more than the machine physically has; whatever is not is explained."""
    found = placement(
        needs(gpu_count=gpu_count, gpu_memory_gib=gib, cpu=1, memory_gib=1), {"pool": Pool([name])}
    )
    machine = gpu_instance(name)
    if found.holds:
        assert gpu_count <= machine.gpu_count
        assert gib * 1024 <= gpu_count * machine.gpu_memory_mib
    else:
        assert len(found.refused) == 1
        assert found.refused[0].startswith(f"pool: {name} ")
