"""Which policies hold for a route: found by name without looking at all of them, and none lost for it."""

import pytest

from policies.analysis.gateway.attachment import effective
from policies.analysis.gateway.objects import CLIENT_POLICY, GATEWAY, HTTP_ROUTE, SECURITY_POLICY
from policies.engine.evaluate import judge
from policies.engine.graph import UNKNOWN, Graph
from policies.engine.values import UndecidedError
from policies.rules.gateway.gateways import RULES
from tests.policies.cases import resource

META = {"namespace": "edge", "labels": {"tier": "models"}}
ROUTE = resource(
    HTTP_ROUTE, {"metadata": {"name": "chat", **META}, "spec": {"parentRefs": [{"name": "edge"}]}}, "chat"
)
EDGE = resource(GATEWAY, {"metadata": {"name": "edge", **META}}, "edge")


def policy(name, spec, **metadata):
    inputs = {"metadata": {"name": name, "namespace": "edge", **metadata}, "spec": spec}
    return resource(SECURITY_POLICY, inputs, name)


def held(*policies):
    graph = Graph([ROUTE, EDGE, *policies])
    return [p.name for p in effective(ROUTE, graph, SECURITY_POLICY)]


BY_NAME = {"targetRefs": [{"kind": "HTTPRoute", "name": "chat"}], "mergeType": "StrategicMerge"}
OF_GATEWAY = {"targetRef": {"kind": "Gateway", "name": "edge"}}
BY_LABEL = {
    "targetSelectors": [{"kind": "HTTPRoute", "matchLabels": {"tier": "models"}}],
    "mergeType": "JSONMerge",
}


def test_its_own_come_first_then_those_of_its_gateway():
    assert held(policy("gateway", OF_GATEWAY), policy("own", BY_NAME)) == ["own", "gateway"]


def test_one_that_names_and_selects_counts_once():
    assert held(policy("both", {**BY_NAME, **BY_LABEL})) == ["both"]


def test_one_that_selects_by_labels_is_found():
    assert held(policy("labels", BY_LABEL)) == ["labels"]


def test_one_for_another_name_or_namespace_is_none():
    other = {"targetRefs": [{"kind": "HTTPRoute", "name": "other"}]}
    assert held(policy("other", other), policy("away", BY_NAME, namespace="models")) == []


@pytest.mark.parametrize(
    "spec", [UNKNOWN, {"targetRefs": UNKNOWN}, {"targetRefs": [{"kind": "HTTPRoute", "name": UNKNOWN}]}]
)
def test_one_that_cannot_be_read_leaves_the_route_undecided(spec):
    with pytest.raises(UndecidedError):
        held(policy("own", BY_NAME), policy("unknown", spec))


PLAIN = "spec.listeners[0].protocol: the listener http speaks plain HTTP; HTTPS or TLS"


def listening(*listeners):
    spec = {"gatewayClassName": "x", "listeners": [{"name": n, "protocol": p} for n, p in listeners]}
    return resource(GATEWAY, {"metadata": {"name": "edge", **META}, "spec": spec}, "edge")


def leading(listener, *, redirect=""):
    filters = [{"type": "RequestRedirect", "requestRedirect": {"scheme": redirect}}] if redirect else []
    parent = {"name": "edge", **({"sectionName": listener} if listener else {})}
    inputs = {
        "metadata": {"name": "r", **META},
        "spec": {"parentRefs": [parent], "rules": [{"filters": filters}]},
    }
    return resource(HTTP_ROUTE, inputs, name=f"to-{listener}")


@pytest.mark.parametrize(
    ("routes", "found"),
    [
        ([leading("http", redirect="https"), leading("https")], []),
        ([], [PLAIN]),
        ([leading("https")], [PLAIN]),
        ([leading("http", redirect="https"), leading(None)], [PLAIN]),
        ([leading("http", redirect="http")], [PLAIN]),
    ],
)
def test_a_plain_listener_may_only_send_callers_to_https(routes, found):
    graph = Graph([listening(("http", "HTTP"), ("https", "HTTPS")), *routes])
    encrypt = [rule for rule in RULES if rule.id == "gateway-listeners-encrypt"]
    assert [finding.message for finding in judge(graph, encrypt).findings] == found


def test_a_broken_cipher_is_found_among_the_others():
    policy_ = resource(
        CLIENT_POLICY, {"spec": {"tls": {"ciphers": ["ECDHE-RSA-AES128-SHA", "DES-CBC3-SHA"]}}}
    )
    current = [rule for rule in RULES if rule.id == "gateway-tls-is-current"]
    messages = [finding.message for finding in judge(Graph([policy_]), current).findings]
    assert messages == ["spec.tls.ciphers[1]: the cipher DES-CBC3-SHA is accepted"]
