"""Error bodies of routes of the AI gateway: one set for a gateway."""

import pytest

from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph, Resource
from policies.rules.gateway.ai_route_errors import RULES

_AI = "kubernetes:aigateway.envoyproxy.io/v1beta1:AIGatewayRoute"
_POLICY = "kubernetes:gateway.envoyproxy.io/v1alpha1:BackendTrafficPolicy"


def one(type_, name, **spec):
    return Resource(
        urn=f"urn:pulumi:dev::slipway::{type_}::{name}",
        type=type_,
        name=name,
        inputs={"metadata": {"name": name, "namespace": "edge"}, "spec": spec},
    )


def policy(name, *words):
    target = {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": name}
    said = [{"match": {"statusCodes": [{"type": "Value", "value": 503}]}, "response": word} for word in words]
    return one(_POLICY, name, targetRefs=[target], mergeType="StrategicMerge", responseOverride=said)


def judged(*policies):
    gateways = [one("kubernetes:gateway.networking.k8s.io/v1:Gateway", name) for name in ("edge", "other")]
    routes = [
        one(_AI, name, parentRefs=[{"name": gateway}])
        for name, gateway in (("chat", "edge"), ("search", "edge"), ("elsewhere", "other"))
    ]
    said = judge(Graph([*gateways, *routes, *policies]), RULES)
    return [(f.urn.rpartition("::")[2], f.message) for f in said.findings], len(said.undecided)


def test_one_set_for_all_is_right():
    assert judged(policy("chat", "away"), policy("search", "away"), policy("elsewhere", "gone")) == ([], 0)


def test_a_set_of_its_own_is_never_said():
    message = (
        "spec.responseOverride: is not that of AIGatewayRoute chat of the same gateway: one of them is never said; "
        "one list for all of them"
    )
    assert judged(policy("chat", "away"), policy("search", "gone")) == ([("search", message)], 0)


def test_a_route_that_says_nothing_differs_from_one_that_does():
    (found,), undecided = judged(policy("search", "away"))
    assert (found[0], undecided) == ("search", 0)


@pytest.mark.parametrize("name", ["chat", "search"])
def test_what_is_not_known_is_not_judged(name):
    known = "search" if name == "chat" else "chat"
    assert judged(policy(name, UNKNOWN), policy(known, "away")) == ([], 1)
