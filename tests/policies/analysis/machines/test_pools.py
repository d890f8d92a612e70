"""Groups of machines: their labels, taints, types and numbers."""

import pytest

from policies.analysis.machines.pools import Taint, has_gpus, pools, read
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError
from tests.policies.analysis.machines.examples import GPU, GROUP, SYSTEM, group, pool
from tests.policies.cases import resource


def test_a_node_pool_says_labels_types_taints_and_limits():
    taint = {"key": GPU, "value": "x", "effect": "NoSchedule"}
    found = read(pool(types=("g6.4xlarge", "g6.2xlarge"), taints=[taint], gpu=8, cpu="64"))
    assert found.name == "NodePool gpu"
    assert found.types == ("g6.2xlarge", "g6.4xlarge")
    assert found.taints == {Taint(GPU, "x", "NoSchedule")}
    assert found.nodes is None
    assert (found.limit(GPU), found.limit("cpu"), found.limit("memory")) == (8, 64000, None)


def test_a_preference_keeps_nobody_off():
    assert read(pool(taints=[{"key": "x", "effect": "PreferNoSchedule"}])).taints == frozenset()


def test_aws_words_for_effects_are_kubernetes_ones():
    inputs = {"taints": [{"key": "a", "value": "b", "effect": "NO_EXECUTE"}]}
    assert read(resource(GROUP, inputs)).taints == {Taint("a", "b", "NoExecute")}


def test_groups_that_are_alike_are_one_pool_and_their_nodes_add_up():
    (found,) = pools(Graph([group("a"), group("b", nodes=2)]))
    assert found.name == "node group system-a + node group system-b"
    assert found.nodes == 3
    assert found.labels == {key: frozenset({value}) for key, value in SYSTEM.items()}


def test_groups_of_other_machines_are_other_pools():
    found = pools(Graph([group("a"), group("b", types=("m7i.2xlarge",))]))
    assert [one.nodes for one in found] == [1, 1]


def test_a_group_whose_number_is_not_set_has_none():
    assert read(resource(GROUP, {"instanceTypes": ["m7i.large"]})).nodes is None


def test_what_cannot_be_read_is_no_pool():
    unread = resource(GROUP, {"instanceTypes": UNKNOWN}, name="x")
    assert pools(Graph([unread, group("a")])) == pools(Graph([group("a")]))
    with pytest.raises(UndecidedError):
        read(unread)


def test_only_types_that_are_known_have_machines():
    assert sorted(read(pool(types=("g6.2xlarge", "zz.large"))).machines) == ["g6.2xlarge"]


@pytest.mark.parametrize(
    ("one", "is_for_gpus"),
    [
        (pool(types=(), gpu=1), True),
        (pool(types=(), taints=[{"key": GPU, "effect": "NoSchedule"}]), True),
        (pool(types=("g6.2xlarge",)), True),
        (pool(types=("m7i.xlarge",), cpu="8"), False),
    ],
)
def test_a_pool_is_for_gpus_by_limit_taint_or_types(one, is_for_gpus):
    assert has_gpus(read(one)) is is_for_gpus
