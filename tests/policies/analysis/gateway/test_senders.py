"""Whose headers a gateway inside the mesh may count by."""

import pytest

from policies.analysis.gateway.objects import GATEWAY, PROXY, SECURITY_POLICY, TRAFFIC_POLICY
from policies.analysis.gateway.senders import senders
from policies.analysis.mesh.objects import AUTHORIZATION
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.rules.gateway.security_policies import RULES
from tests.policies.cases import resource

PROXIES = {"gateway.envoyproxy.io/owning-gateway-name": "inner"}
PARAMETERS = {"parametersRef": {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "inner"}}
INNER = resource(
    GATEWAY,
    {
        "metadata": {"name": "inner", "namespace": "serving"},
        "spec": {"infrastructure": PARAMETERS, "listeners": [{"name": "http", "port": 80}, {"port": 8443}]},
    },
    "inner",
)


def proxy(kind="ClusterIP"):
    spec = {"provider": {"kubernetes": {"envoyService": {"type": kind}}}}
    return resource(PROXY, {"metadata": {"name": "inner", "namespace": "serving"}, "spec": spec}, "proxy")


def allowing(*principals, ports=("10080",), labels=None, name="a", action="ALLOW", **source):
    said = {"principals": list(principals)} if principals else {}
    rule = {"from": [{"source": {**said, **source}}]} if said or source else {}
    if ports:
        rule["to"] = [{"operation": {"ports": list(ports)}}]
    spec = {
        "action": action,
        "rules": [rule],
        "selector": {"matchLabels": PROXIES if labels is None else labels},
    }
    return resource(
        AUTHORIZATION[0], {"metadata": {"name": name, "namespace": "serving"}, "spec": spec}, name
    )


EDGE = "cluster.local/ns/edge/sa/edge"
OTHER = "cluster.local/ns/team/sa/job"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ([allowing(EDGE)], {"edge"}),
        ([allowing(namespaces=["edge"])], {"edge"}),
        ([allowing(EDGE, ports=())], {"edge"}),
        ([allowing(EDGE), allowing(OTHER, name="b")], {"edge", "team"}),
        ([allowing(EDGE), allowing(OTHER, ports=["19001"], name="b")], {"edge"}),
        ([allowing(EDGE), allowing(OTHER, ports=["8443"], name="b")], {"edge", "team"}),
        ([allowing(EDGE), allowing(OTHER, labels={"app": "webhook"}, name="b")], {"edge"}),
        ([allowing(EDGE), allowing(OTHER, labels={}, name="b")], {"edge", "team"}),
        ([allowing(EDGE), allowing(OTHER, action="DENY", name="b")], {"edge"}),
        ([allowing(EDGE), allowing(name="b")], None),
        ([allowing("*")], None),
        ([allowing("cluster.local/ns/*/sa/edge")], None),
        ([allowing(namespaces=["ed*"])], None),
        ([allowing(ipBlocks=["10.0.0.0/8"])], None),
        ([], None),
    ],
)
def test_the_mesh_says_who_may_call(policies, expected):
    assert senders(INNER, Graph([INNER, proxy(), *policies])) == expected


def test_a_gateway_outside_the_cluster_hears_anybody():
    assert senders(INNER, Graph([INNER, proxy("LoadBalancer"), allowing(EDGE)])) is None


@pytest.mark.parametrize(("principals", "findings"), [([EDGE], 0), ([EDGE, OTHER], 1), ([], 1)])
def test_a_limit_inside_counts_by_a_header_that_every_sender_has_written(principals, findings):
    spec = {"jwt": {"providers": [{"claimToHeaders": [{"header": "x-caller"}]}]}}
    written = resource(SECURITY_POLICY, {"metadata": {"name": "edge", "namespace": "edge"}, "spec": spec})
    selector = {"headers": [{"name": "x-caller", "type": "Distinct"}]}
    rules = [{"clientSelectors": [selector]}]
    counted = resource(
        TRAFFIC_POLICY,
        {
            "metadata": {"name": "inner", "namespace": "serving"},
            "spec": {
                "targetRefs": [{"kind": "Gateway", "name": "inner"}],
                "rateLimit": {"global": {"rules": rules}},
            },
        },
    )
    mesh = [allowing(*principals)]
    said = judge(Graph([INNER, proxy(), written, counted, *mesh]), RULES)
    assert [f.rule for f in said.findings] == ["callers-cannot-name-themselves"] * findings
