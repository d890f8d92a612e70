"""Every pod in the one pool that takes it, and the pods that no sum counts."""

from dataclasses import replace

from policies.analysis.machines.capacity import holding_of, holdings, strays
from policies.analysis.machines.requests import Requests
from policies.engine.graph import UNKNOWN, Graph
from tests.policies.analysis.machines.examples import DAEMONS, group, pods, pool
from tests.policies.cases import resource

GPUS = pool("gpu", gpu=8)
CPUS = pool("cpu", types=("m7i.xlarge", "m7i.2xlarge"), cpu="32")
CHAT = pods("chat", replicas=2, on="gpu", cpu="4", memory="8Gi", gpu=1)
AGENT = pods("agent", type_=DAEMONS, cpu="100m", memory="64Mi")


def _by_name(graph):
    return {h.pool.name: h for h in holdings(graph)}


def test_a_pod_is_counted_where_one_pool_takes_it_and_a_daemon_on_all():
    found = _by_name(Graph([GPUS, CPUS, CHAT, AGENT]))
    assert [w.name for w, _ in found["NodePool gpu"].pods] == ["Deployment models/chat"]
    assert found["NodePool cpu"].pods == ()
    for holding in found.values():
        assert holding.on_every_node == Requests(100, 64)
    assert found["NodePool gpu"].asked(at_most=True) == Requests(8000, 16384, 2)


def test_without_pools_there_is_nothing_to_hold():
    assert holdings(Graph([CHAT])) == ()
    assert strays(Graph([CHAT])) == ()


def test_pods_that_no_sum_counts_are_told_with_the_reason():
    anywhere = pods("anywhere", cpu="1")
    nowhere = pods("nowhere", on="tpu", cpu="1")
    unread = pods("unread", on="gpu", cpu="a lot")
    said = {
        w.name.rpartition("/")[2]: why
        for w, why in strays(Graph([GPUS, CPUS, CHAT, AGENT, anywhere, nowhere, unread]))
    }
    assert said == {
        "anywhere": "may run on NodePool gpu or NodePool cpu",
        "nowhere": "no pool in view takes it",
        "unread": "what it asks for cannot be read",
    }


def test_the_smallest_type_is_what_a_pool_is_sure_of():
    name, left = _by_name(Graph([CPUS, AGENT]))["NodePool cpu"].node()
    assert (name, left.cpu_m, left.memory_mib, left.pods) == ("m7i.xlarge", 3820, 14098, 57)


def test_a_type_that_nobody_knows_leaves_a_pool_without_a_machine():
    assert _by_name(Graph([pool("x", types=("m7i.xlarge", "zz.large"))]))["NodePool x"].node() is None
    assert _by_name(Graph([pool("x", types=())]))["NodePool x"].node() is None


def test_an_add_on_that_nobody_knows_is_in_no_sum_of_a_fixed_group():
    unknown = resource("aws:eks/addon:Addon", {"addonName": "unheard-of"}, name="odd")
    found = _by_name(Graph([group(nodes=3), GPUS, unknown]))
    assert found["node group system-a"].uncounted == ("odd",)
    assert found["NodePool gpu"].uncounted == ()


def test_pools_of_the_stack_above_hold_its_pods_and_ours():
    graph = Graph([pods("ours", on="gpu", cpu="1", gpu=1)], [GPUS, CHAT])
    (found,) = holdings(graph)
    assert sorted(w.name for w, _ in found.pods) == ["Deployment models/chat", "Deployment models/ours"]


def test_the_pool_of_a_resource_is_found_by_its_urn():
    found = holdings(Graph([group("a"), group("b"), GPUS]))
    assert holding_of(found, group("b").urn).pool.name == "node group system-a + node group system-b"
    assert holding_of(found, "urn:none") is None


def test_a_pool_that_cannot_be_read_takes_nobody():
    unread = replace(GPUS, inputs={"kind": "NodePool", "metadata": {"name": "x"}, "spec": UNKNOWN})
    assert [h.pool.name for h in holdings(Graph([unread, CPUS]))] == ["NodePool cpu"]
