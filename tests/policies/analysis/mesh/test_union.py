import pytest

from policies.analysis.mesh.union import refused_rules
from policies.engine.graph import Graph
from tests.policies.cases import resource

TYPE = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
EDGE = "cluster.local/ns/edge/sa/edge"


def policy(name, *rules, action="ALLOW", namespace="models", **spec):
    written = {
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"action": action, "rules": list(rules)} | spec,
    }
    return resource(TYPE, written, name=name)


def of(source=None, operation=None, **more):
    return (
        ({"from": [{"source": source}]} if source else {})
        | ({"to": [{"operation": operation}]} if operation else {})
        | more
    )


ALLOWED = of({"principals": [EDGE]}, {"ports": ["8080"]})


def refused(*denied, allowed=ALLOWED, **where):
    mine = policy("callers", allowed)
    deny = policy("deny", *denied, action="DENY", **where)
    return [(index, by.name) for index, by in refused_rules(mine, Graph([mine, deny]))]


@pytest.mark.parametrize(
    "denied",
    [
        {},
        of({"principals": [EDGE, "cluster.local/ns/x/sa/x"]}),
        of({"principals": ["*"]}),
        of({"notPrincipals": ["cluster.local/ns/x/sa/x"]}),
        of(None, {"ports": ["8080", "9090"]}),
        of(None, {"notPorts": ["9090"]}),
        of({"principals": [EDGE]}, {"ports": ["8080"]}),
    ],
)
def test_a_deny_that_takes_in_all_of_a_rule_leaves_nothing_of_it(denied):
    assert refused(denied) == [(0, "deny")]


@pytest.mark.parametrize(
    "denied",
    [
        of({"principals": ["cluster.local/ns/x/*"]}),
        of({"notPrincipals": [EDGE]}),
        of({"notPrincipals": ["cluster.local/ns/edge/*"]}),
        of({"namespaces": ["edge"]}),
        of(None, {"ports": ["9090"]}),
        of(None, {"notPorts": ["8080"]}),
        of({"principals": [EDGE]}, {"ports": ["9090"]}),
        of({"principals": [EDGE], "requestPrincipals": ["*"]}),
        of(None, {"methods": ["DELETE"]}),
        of(when=[{"key": "source.ip", "values": ["10.0.0.0/8"]}]),
    ],
)
def test_what_is_left_of_a_rule_is_left_alone(denied):
    assert refused(denied) == []


def test_each_source_of_a_rule_has_to_be_refused():
    two = {"from": [{"source": {"principals": [EDGE]}}, {"source": {"namespaces": ["jobs"]}}]}
    assert refused(of({"principals": [EDGE]}), allowed=two) == []
    assert refused(
        {"from": [{"source": {"principals": ["*"]}}, {"source": {"namespaces": ["jobs"]}}]}, allowed=two
    ) == [(0, "deny")]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({"namespace": "istio-system"}, [(0, "deny")]),
        ({"namespace": "edge"}, []),
        ({"selector": {"matchLabels": {"app": "x"}}}, []),
        ({"targetRefs": [{"kind": "Gateway", "name": "g"}]}, []),
    ],
)
def test_a_deny_holds_in_its_scope(where, found):
    assert refused({}, **where) == found


def test_policies_that_deny_or_only_log_admit_nobody_anyway():
    deny = policy("deny", {}, action="DENY")
    for action in ("DENY", "AUDIT", "CUSTOM"):
        mine = policy("mine", ALLOWED, action=action)
        assert list(refused_rules(mine, Graph([mine, deny]))) == []
