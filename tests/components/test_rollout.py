"""A rollout from the first version to the next and back: nothing that serves is renamed, remade or restarted.

What a promotion does to a running pod is KServe's to do; here is what would make it do more than move traffic: another
name, another pod, another account, or something on the service that reaches every version's pods.
"""

from dataclasses import replace

import pytest

from components.gateway.driven_shares import BACKENDS, CONTROLLER, WRITER
from components.models.llm import Llm
from components.models.payload_logging import PayloadLogging
from components.models.predictive_model import PredictiveModel
from components.models.traffic import TrafficSettings, by_number
from gate.schema.shape import check_shapes
from policies.engine.evaluate import judge
from policies.rules.serving import driven_shares as rules
from runtime.loops.shares import cluster
from tests.components.model_examples import CHAT, EMBEDDING, model_args, second
from tests.policies.cases import platform_rules

LLM = platform_rules("serving.llm", "serving.model_services")
PREDICTIVE = platform_rules("serving.model_services", "serving.predictive")

SERVICE = "kubernetes:serving.kserve.io/v1beta1:InferenceService"
LLM_SERVICE = "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService"
FIRST = TrafficSettings(stable="v1")
CANARY = TrafficSettings(stable="v1", candidate="v2", percent=10)
PROMOTED = TrafficSettings(stable="v2")


@pytest.fixture
def embedding(deploy, names):
    def build(traffic, *versions, least=2, most=4, **chosen):
        args = model_args(*versions, names=names, least=least, most=most, traffic=traffic, **chosen)
        return deploy(lambda: PredictiveModel("model-minilm", args))

    return build


@pytest.fixture
def chat(deploy, names):
    def build(traffic, *versions):
        args = model_args(*versions, names=names, pool="l4", least=2, most=2, traffic=traffic)
        return deploy(lambda: Llm("model-support-chat", args))

    return build


def changed(before, after):
    """Names of what differs between two builds: gone, new, and of other inputs."""
    old, new = ({r.name: r for r in made.graph if r.custom} for made in (before, after))
    assert {r.urn for r in before.graph} >= {r.urn for r in after.graph} or len(new) > len(old)
    return (
        sorted(old.keys() - new.keys()),
        sorted(new.keys() - old.keys()),
        sorted(n for n in old.keys() & new.keys() if old[n].inputs != new[n].inputs),
    )


def predictors(made):
    """Every version's predictor, but for its count, which is KEDA's, and the name of its server.

    Only a canary says the name, and both are merged with the runtime's container of that name.
    """
    spec = made.only(SERVICE).inputs["spec"]
    listed = [spec["predictor"], *(canary["predictor"] for canary in spec.get("canary", []))]
    counts = {"minReplicas", "maxReplicas"}
    assert {p["model"].get("name", "kserve-container") for p in listed} == {"kserve-container"}
    said = [{**p, "model": {k: v for k, v in p["model"].items() if k != "name"}} for p in listed]
    return {p["name"]: {k: v for k, v in p.items() if k not in counts} for p in said}


def shares(made):
    (rule,) = made.named("model-minilm-shares").inputs["spec"]["rules"]
    return {backend["name"]: backend["weight"] for backend in rule["backendRefs"]}


def test_a_candidate_of_a_predictive_model_only_adds(embedding):
    alone, canary = embedding(FIRST, EMBEDDING), embedding(CANARY, EMBEDDING, second(EMBEDDING))
    gone, new, other = changed(alone, canary)
    assert gone == []
    assert all(name.startswith("model-minilm-v2-") for name in new)
    assert other == ["model-minilm-service", "model-minilm-shares"]
    assert predictors(canary)["v1"] == predictors(alone)["v1"]
    assert (shares(alone), shares(canary)) == (
        {"minilm-v1-predictor": 100},
        {"minilm-v1-predictor": 90, "minilm-v2-predictor": 10},
    )


@pytest.mark.parametrize(
    ("traffic", "expected", "canaries"),
    [
        (TrafficSettings(stable="v1", candidate="v2", percent=50), (50, 50), [("v2", 50)]),
        (TrafficSettings(stable="v1", candidate="v2", percent=100), (0, 100), [("v2", 100)]),
        (PROMOTED, (0, 100), [("v1", 0)]),
        (FIRST, (100, 0), [("v2", 0)]),
    ],
)
def test_every_later_step_moves_shares_and_nothing_else(embedding, traffic, expected, canaries):
    versions = (EMBEDDING, second(EMBEDDING))
    canary, after = embedding(CANARY, *versions), embedding(traffic, *versions)
    gone, new, other = changed(canary, after)
    assert (gone, new) == ([], [])
    assert other == ["model-minilm-service", "model-minilm-shares"]
    assert predictors(after) == predictors(canary)
    assert after.only(SERVICE).inputs["metadata"] == canary.only(SERVICE).inputs["metadata"]
    assert tuple(shares(after).values()) == expected
    listed = after.only(SERVICE).inputs["spec"]["canary"]
    assert [(c["predictor"]["name"], c["trafficPercent"]) for c in listed] == canaries


def test_the_old_version_goes_without_touching_the_new_one(embedding):
    warm = embedding(PROMOTED, EMBEDDING, second(EMBEDDING))
    gone, new, other = changed(warm, embedding(PROMOTED, second(EMBEDDING)))
    assert (new, other) == ([], ["model-minilm-service", "model-minilm-shares"])
    assert all(name.startswith("model-minilm-v1-") for name in gone)
    assert len(gone) == 6


@pytest.mark.parametrize("traffic", [CANARY, PROMOTED])
def test_every_step_is_in_shape_and_breaks_no_rule(embedding, chat, traffic):
    for made in (
        embedding(traffic, EMBEDDING, second(EMBEDDING)),
        embedding(traffic, EMBEDDING, second(EMBEDDING), least=1, most=1),
        chat(traffic, CHAT, second(CHAT)),
    ):
        assert check_shapes(made.graph).problems == ()
        said = judge(made.graph, (*PREDICTIVE, *LLM))
        assert (said.findings, said.undecided, said.faults) == ((), (), ())


def test_a_canary_has_no_more_replicas_than_kserve_admits(embedding):
    made = embedding(CANARY, EMBEDDING, second(EMBEDDING), least=3, most=5)
    (canary,) = made.only(SERVICE).inputs["spec"]["canary"]
    assert canary["predictor"]["minReplicas"] == 1
    assert "maxReplicas" not in canary["predictor"]
    counts = {s.name: s.inputs["spec"] for s in made.all("kubernetes:keda.sh/v1alpha1:ScaledObject")}
    assert {n: (s["minReplicaCount"], s["maxReplicaCount"]) for n, s in counts.items()} == {
        "model-minilm-v1-scaling": (3, 5),
        "model-minilm-v2-scaling": (3, 5),
    }


def groups(made):
    return {s.inputs["metadata"]["name"]: s.inputs["spec"]["router"]["route"] for s in made.all(LLM_SERVICE)}


@pytest.mark.parametrize(
    ("traffic", "weights"),
    [(CANARY, (90, 10)), (PROMOTED, (0, 100)), (FIRST, (100, 0))],
)
def test_language_models_share_at_the_edge_and_nowhere_else(chat, traffic, weights):
    made = chat(traffic, CHAT, second(CHAT))
    (rule,) = made.named("model-support-chat-edge-route").inputs["spec"]["rules"]
    assert rule["backendRefs"] == [
        {"name": f"support-chat-{version}", "weight": weight}
        for version, weight in zip(("v1", "v2"), weights, strict=True)
    ]
    # Their group says who belongs together, and follows no traffic.
    assert groups(made) == {
        f"support-chat-{version}": {"group": "support-chat", "weight": 1} for version in ("v1", "v2")
    }


def test_a_rollout_of_a_language_model_changes_weights_only(chat):
    versions = (CHAT, second(CHAT))
    alone, canary, promoted = chat(FIRST, CHAT), chat(CANARY, *versions), chat(PROMOTED, *versions)
    gone, new, other = changed(alone, canary)
    assert (gone, other) == ([], ["model-support-chat-edge-route"])
    assert "model-support-chat-edge-service-v2" in new
    assert all("-v2" in name for name in new)
    # Nothing that `up` waits for changes: a way back does not wait for a version that no longer answers.
    for later in (promoted, chat(FIRST, *versions)):
        assert changed(canary, later) == ([], [], ["model-support-chat-edge-route"])


def test_versions_are_in_the_order_of_their_numbers():
    assert by_number(["v10", "v9", "v1"]) == ["v1", "v9", "v10"]


def test_a_promotion_restarts_nothing_where_payloads_are_kept_either(embedding):
    both, keeps = (EMBEDDING, second(EMBEDDING)), PayloadLogging(percent=5)
    canary, promoted = (embedding(t, *both, payload_logging=keeps) for t in (CANARY, PROMOTED))
    assert predictors(canary) == predictors(promoted)
    # A canary is laid over the stable predictor: each states whose folder, account and program are its own.
    assert {v: p["logger"]["url"].rpartition("/")[2] for v, p in predictors(canary).items()} == {
        "v1": "minilm-v1",
        "v2": "minilm-v2",
    }


def test_a_large_model_and_a_small_one_state_their_patience_each(embedding):
    both = (replace(EMBEDDING, size_bytes=40 * 10**9), second(EMBEDDING))
    assert predictors(embedding(CANARY, *both)) == predictors(embedding(PROMOTED, *both))
    patience = {
        v: p["model"]["startupProbe"]["failureThreshold"]
        for v, p in predictors(embedding(CANARY, *both)).items()
    }
    assert patience == {"v1": 144, "v2": 120}


def test_a_canary_of_a_model_that_may_sleep_asks_for_no_more_than_the_stable_version(embedding):
    spec = embedding(CANARY, EMBEDDING, second(EMBEDDING), least=0).only(SERVICE).inputs["spec"]
    assert spec["predictor"]["minReplicas"] == 0
    assert [canary["predictor"]["minReplicas"] for canary in spec["canary"]] == [0]


def test_where_a_controller_moves_shares_the_stack_sets_them_once(embedding, chat):
    driven = [replace(plan, driver="controller") for plan in (EMBEDDING, second(EMBEDDING))]
    kept = {r.name: r.ignore_changes for r in embedding(CANARY, *driven).graph if r.ignore_changes}
    assert kept == {"model-minilm-shares": ("spec.rules",)}
    driven = [replace(plan, driver="controller") for plan in (CHAT, second(CHAT))]
    kept = {r.name: r.ignore_changes for r in chat(CANARY, *driven).graph if r.ignore_changes}
    assert kept == {"model-support-chat-edge-route": ("spec.rules",)}
    assert [r for r in chat(CANARY, CHAT, second(CHAT)).graph if r.ignore_changes] == []


def test_what_a_controller_may_do_stands_in_the_route_and_a_candidate_begins_without_a_share(embedding, chat):
    """The stack's ``percent`` is what a candidate may get at most; the weights are not the stack's to move."""
    driven = [replace(plan, driver="controller") for plan in (EMBEDDING, second(EMBEDDING))]
    made = next(r for r in embedding(CANARY, *driven).graph if r.name == "model-minilm-shares").inputs
    refs = made["spec"]["rules"][0]["backendRefs"]
    assert [(ref["name"], ref["weight"]) for ref in refs] == [
        ("minilm-v1-predictor", 100),
        ("minilm-v2-predictor", 0),
    ]
    assert made["metadata"]["annotations"] == {
        WRITER: "controller",
        BACKENDS: '{"v1": {"most": 100, "name": "minilm-v1-predictor"}, '
        '"v2": {"most": 10, "name": "minilm-v2-predictor"}}',
    }
    driven = [replace(plan, driver="controller") for plan in (CHAT, second(CHAT))]
    made = next(r for r in chat(CANARY, *driven).graph if r.name == "model-support-chat-edge-route").inputs
    refs = made["spec"]["rules"][0]["backendRefs"]
    assert [(ref["name"], ref["weight"]) for ref in refs] == [
        ("support-chat-v1", 100),
        ("support-chat-v2", 0),
    ]
    assert made["metadata"]["annotations"] == {
        WRITER: "controller",
        BACKENDS: '{"v1": {"most": 100, "name": "support-chat-v1", "slot": "a"}, '
        '"v2": {"most": 10, "name": "support-chat-v2", "slot": "b"}}',
    }


def test_the_writer_in_the_cluster_and_the_program_use_the_same_words():
    assert (cluster.WRITER, cluster.BACKENDS, cluster.CONTROLLER) == (WRITER, BACKENDS, CONTROLLER)
    assert (rules.WRITER, rules.BACKENDS) == (WRITER, BACKENDS)
