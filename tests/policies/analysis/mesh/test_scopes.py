import pytest

from policies.analysis.mesh.scopes import inherited_mode, rivals
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError
from tests.captured import captured
from tests.policies.cases import resource

PEER = "kubernetes:security.istio.io/v1:PeerAuthentication"
OLDER = "kubernetes:security.istio.io/v1beta1:PeerAuthentication"


def peer(name, namespace="models", *, mode="STRICT", labels=None, type_=PEER):
    spec = {"mtls": {"mode": mode}} | ({"selector": {"matchLabels": labels}} if labels else {})
    return resource(type_, {"metadata": {"name": name, "namespace": namespace}, "spec": spec}, name=name)


def names(policy, *others):
    return [other.name for other in rivals(policy, Graph([policy, *others]))]


def test_of_one_scope_there_is_one():
    mine = peer("a")
    assert names(mine, peer("b"), peer("c", "edge"), peer("d", labels={"app": "x"})) == ["b"]


def test_versions_of_an_api_are_one_kind():
    assert names(peer("a"), peer("b", type_=OLDER)) == ["b"]


def test_selectors_compete_where_one_is_within_the_other():
    assert names(peer("a", labels={"app": "x"}), peer("b", labels={"app": "x", "v": "1"})) == ["b"]
    assert names(peer("a", labels={"app": "x"}), peer("b", labels={"app": "y"})) == []


def test_selectors_compete_on_pods_of_models():
    service = resource(
        "kubernetes:serving.kserve.io/v1alpha2:LLMInferenceService",
        {"metadata": {"name": "chat", "namespace": "models"}, "spec": {}},
        name="chat",
    )
    one = peer("a", labels={"app.kubernetes.io/name": "chat"})
    other = peer("b", labels={"kserve.io/component": "workload"})
    assert names(one, other) == []
    assert names(one, other, service) == ["b"]


def test_a_selector_that_is_not_known_decides_nothing():
    late = resource(
        PEER,
        {"metadata": {"name": "b", "namespace": "models"}, "spec": {"selector": UNKNOWN}},
        name="b",
    )
    with pytest.raises(UndecidedError, match=r"spec\.selector"):
        names(peer("a"), late)


@pytest.mark.parametrize(
    ("others", "left"),
    [
        ([], ""),
        ([peer("default", "istio-system")], "STRICT"),
        ([peer("default", "istio-system", mode="UNSET")], "PERMISSIVE"),
        ([peer("default", "istio-system"), peer("default", mode="PERMISSIVE")], "PERMISSIVE"),
        ([peer("default", "istio-system", mode="PERMISSIVE"), peer("default")], "STRICT"),
        ([peer("default", "istio-system"), peer("default", mode="UNSET")], "STRICT"),
        ([peer("default", "istio-system", labels={"app": "x"})], "PERMISSIVE"),
    ],
)
def test_a_mode_that_is_not_set_is_that_of_the_next_wider_scope(others, left):
    mine = peer("a", mode="UNSET", labels={"app": "x"})
    assert inherited_mode(mine, Graph([mine, *others])) == left


def test_no_two_policies_of_our_own_compete():
    graph = captured("dev").graph
    policies = graph.of_type(PEER)
    assert [(p.name, r.name) for p in policies for r in rivals(p, graph)] == []
    assert policies


def test_labels_of_any_shape_are_compared():
    assert names(
        peer("a", labels={"app": ["x"]}), peer("b", labels={"app": ["x"]}), peer("c", labels={"app": {}})
    ) == ["b"]
