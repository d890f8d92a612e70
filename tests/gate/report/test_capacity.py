"""What a pool's sum says to a person."""

from gate.report.capacity import capacity
from policies.engine.graph import Graph
from tests.policies.analysis.machines.examples import DAEMONS, group, pods, pool
from tests.policies.analysis.machines.test_scaling import HPA, scaler
from tests.policies.cases import resource

AGENT = pods("agent", type_=DAEMONS, cpu="100m", memory="64Mi")
CHAT = pods("chat", on="gpu", cpu="4", gpu=1)


def _one(*resources, elsewhere=()):
    (found,) = capacity(Graph(resources, elsewhere)).pools
    return found


def test_every_step_of_a_sum_can_be_followed():
    found = _one(pool(gpu=8), CHAT, AGENT, scaler(HPA, minReplicas=1, maxReplicas=2))
    assert found.machines == "1 x g6.2xlarge to 2 x g6.2xlarge"
    assert [(s.what, s.room.cpu_m, s.room.gpus, s.is_result) for s in found.steps] == [
        ("g6.2xlarge lets pods ask for", 7910, 1, False),
        ("less the pods of every node", 100, 0, False),
        ("for the pool's own pods, on each", 7810, 1, True),
        ("asked at least", 4000, 1, False),
        ("left of 1 x g6.2xlarge", 3810, 0, True),
        ("asked at most", 8000, 2, False),
        ("left of 2 x g6.2xlarge", 7620, 0, True),
    ]
    assert found.words == (
        "may grow to 8 GPUs",
        (
            "one machine missing: at worst these pods are gone until another machine is made: "
            "Deployment models/chat (1 of 1)"
        ),
    )


def test_another_machine_at_most_has_steps_of_its_own():
    cpu = pool("cpu", types=("m7i.xlarge", "m7i.2xlarge"), cpu="32")
    found = _one(cpu, pods("chat", on="cpu", cpu="2"), scaler(HPA, minReplicas=1, maxReplicas=3))
    assert found.machines == "1 x m7i.xlarge to 1 x m7i.2xlarge"
    assert [s.what for s in found.steps if "lets" in s.what] == [
        "m7i.xlarge lets pods ask for",
        "m7i.2xlarge lets pods ask for",
    ]
    assert found.words[0] == "may grow to 32 processors"


def test_a_fixed_group_says_whether_the_rest_holds_its_pods():
    api = pods("api", replicas=2, on="system", cpu="1")
    assert _one(group("a", nodes=3), api).words == (
        "one machine missing: 2 x m7i.xlarge hold all pods at least",
    )
    assert _one(group("a", nodes=2), api).words == (
        "one machine missing: 1 x m7i.xlarge holds all pods at least",
    )
    assert _one(group("a"), api).words == (
        "one machine missing: no machine left, without room for Deployment models/api",
    )


def test_a_fixed_group_too_small_with_one_missing_names_who_waits():
    api = pods("api", replicas=2, on="system", cpu="3")
    assert _one(group("a", nodes=2), api).words == (
        "one machine missing: 1 x m7i.xlarge left, without room for Deployment models/api",
    )


def test_a_pod_without_room_is_named_at_least_and_at_most():
    found = _one(pool("cpu", types=("m7i.xlarge",)), pods("huge", on="cpu", cpu="9"))
    assert found.words == (
        "no pod in view asks for it: no machine is made",
        "no room at least for Deployment models/huge",
        "no room at most for Deployment models/huge",
    )


def test_what_is_not_known_is_said_and_never_a_number():
    found = _one(pool("x", types=("zz.large",)))
    assert (found.machines, found.steps) == ("not known", ())
    assert found.words == ("nothing can be summed up: facts/ec2_instances.json does not know zz.large",)


def test_a_pool_above_and_an_add_on_that_nobody_knows_are_told():
    assert _one(CHAT, elsewhere=[pool()]).words[0] == (
        "of a stack above: pods of this stack and of those above are counted together"
    )
    odd = resource("aws:eks/addon:Addon", {"addonName": "unheard-of"}, name="odd")
    assert _one(group("a", nodes=2), odd).words[-1] == (
        "in no sum, since nobody here knows what they bring: odd"
    )


def test_pods_in_no_sum_are_listed():
    found = capacity(Graph([pool("a"), pool("b"), pods("anywhere", cpu="1")]))
    assert found.not_counted == ["Deployment models/anywhere: may run on NodePool a or NodePool b"]


def test_the_data_holds_the_numbers_and_the_words():
    data = capacity(Graph([pool(gpu=8), CHAT])).as_data()
    (one,) = data["pools"]
    assert one["machines"] == "1 x g6.2xlarge"
    assert one["most"]["left"] == {"cpu_m": 3910, "memory_mib": 29317, "gpus": 0, "pods": 57}
    assert data["not_counted"] == []


def test_a_graph_without_pools_says_nothing():
    assert capacity(Graph([CHAT])).as_data() == {"pools": [], "not_counted": []}
