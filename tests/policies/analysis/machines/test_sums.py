"""A pool's sum step by step: each number can be done again by hand from those before it."""

from policies.analysis.machines.sums import Asked, Filled, OneMissing, Room, pool_sums
from policies.engine.graph import Graph
from tests.policies.analysis.machines.examples import DAEMONS, group, pods, pool
from tests.policies.analysis.machines.test_scaling import HPA, scaler

AGENT = pods("agent", type_=DAEMONS, cpu="100m", memory="64Mi")
HAS = Room(cpu_m=3920, memory_mib=14162, pods=58)
"""m7i.xlarge."""


def _one(*resources, elsewhere=()):
    (found,) = pool_sums(Graph(resources, elsewhere))
    return found


def test_a_fixed_group_has_all_its_machines_whatever_is_asked():
    found = _one(group("a"), group("b"), pods("api", replicas=2, on="system", cpu="1", memory="1Gi"), AGENT)
    assert found.is_fixed
    assert found.least == found.most
    assert found.least == Filled(
        machine="m7i.xlarge",
        machines=2,
        has=HAS,
        every_node=Room(cpu_m=100, memory_mib=64, pods=1),
        for_pods=Room(cpu_m=3820, memory_mib=14098, pods=57),
        asked=Room(cpu_m=2000, memory_mib=2048, pods=2),
        left=Room(cpu_m=2 * 3820 - 2000, memory_mib=2 * 14098 - 2048, pods=2 * 57 - 2),
        unplaced=(),
    )
    assert found.one_missing == OneMissing(machines=1)
    assert found.pods == (
        Asked(
            name="DaemonSet models/agent",
            least=1,
            most=1,
            each=Room(cpu_m=100, memory_mib=64, pods=1),
            per_node=True,
        ),
        Asked(name="Deployment models/api", least=2, most=2, each=Room(cpu_m=1000, memory_mib=1024, pods=1)),
    )


def test_a_fixed_group_that_is_too_small_with_one_missing_says_for_whom():
    found = _one(group("a"), group("b"), pods("api", replicas=2, on="system", cpu="3"))
    assert found.least.unplaced == ()
    assert found.one_missing == OneMissing(machines=1, no_room=("Deployment models/api",))


def test_machines_on_demand_are_as_many_as_the_replicas_take():
    chat = pods("chat", on="gpu", cpu="4", gpu=1)
    found = _one(pool(gpu=8), chat, scaler(HPA, minReplicas=1, maxReplicas=3))
    assert (found.least.machines, found.most.machines) == (1, 3)
    assert found.limits == (("nvidia.com/gpu", 8),)
    assert found.one_missing == OneMissing(machines=0, lost=(("Deployment models/chat", 1, 1),))


def test_the_type_that_costs_least_is_taken_and_the_larger_one_where_only_it_holds_a_pod():
    types = ("m7i.2xlarge", "m7i.xlarge")
    small = _one(pool("cpu", types=types), pods("api", on="cpu", cpu="3"))
    large = _one(pool("cpu", types=types), pods("api", on="cpu", cpu="6"))
    assert (small.least.machine, large.least.machine) == ("m7i.xlarge", "m7i.2xlarge")


def test_at_zero_there_is_no_machine_and_what_most_takes_is_what_one_missing_means():
    found = _one(
        pool("cpu", types=("m7i.xlarge",)),
        pods("chat", on="cpu", cpu="2"),
        scaler(HPA, minReplicas=0, maxReplicas=2),
    )
    assert (found.least.machines, found.least.left, found.most.machines) == (0, Room(), 2)
    assert found.one_missing == OneMissing(machines=1, lost=(("Deployment models/chat", 1, 2),))


def test_a_pool_that_nothing_runs_on_loses_nothing():
    found = _one(pool("cpu", types=("m7i.xlarge",)))
    assert (found.least.machines, found.most.machines, found.one_missing) == (0, 0, None)


def test_a_pod_that_no_machine_holds_has_no_place():
    found = _one(pool("cpu", types=("m7i.xlarge",)), pods("huge", on="cpu", cpu="9"))
    assert (found.least.machines, found.least.unplaced) == (0, ("Deployment models/huge",))


def test_without_types_or_with_unknown_ones_nothing_is_summed_up():
    assert _one(pool("x", types=())).not_known == "it names no instance types"
    unknown = _one(pool("x", types=("zz.large", "m7i.xlarge")))
    assert unknown.not_known == "facts/ec2_instances.json does not know zz.large"
    assert (unknown.least, unknown.most, unknown.one_missing) == (None, None, None)


def test_a_pool_of_the_stack_above_is_told():
    found = _one(pods("chat", on="gpu", cpu="1", gpu=1), elsewhere=[pool()])
    assert found.is_above
    assert found.least.machines == 1
