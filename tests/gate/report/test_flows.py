"""Who may talk to whom: read from what a report holds, and from what others wrote."""

import pytest

from gate.report.flows import Flow, flows

POLICY = "kubernetes:security.istio.io/v1:AuthorizationPolicy"
METADATA = {"name": "a", "namespace": "models"}


def read(spec, exposure=()):
    return flows(
        {
            "resources": [{"type": POLICY, "inputs": {"metadata": METADATA, "spec": spec}}],
            "exposure": list(exposure),
        }
    )


def test_every_caller_and_port_of_a_rule_is_a_flow():
    rule = {
        "from": [{"source": {"principals": ["cluster.local/ns/a/sa/b"]}}, {"source": {"namespaces": ["c"]}}],
        "to": [{"operation": {"ports": ["8000", "9000"]}}],
    }
    selector = {"matchLabels": {"app.kubernetes.io/name": "chat", "role": "x"}}
    target = "models/name=chat,role=x"
    assert read({"selector": selector, "rules": [rule]}) == [
        Flow(caller="cluster.local/ns/a/sa/b", target=target, port="8000"),
        Flow(caller="cluster.local/ns/a/sa/b", target=target, port="9000"),
        Flow(caller="whoever runs in c", target=target, port="8000"),
        Flow(caller="whoever runs in c", target=target, port="9000"),
    ]


def test_a_way_in_is_a_flow_and_an_application_is_told():
    ways = [
        {"source": "10.0.0.0/8", "what": "gateway edge", "detail": "HTTPS 443", "caller": ""},
        {"source": "shop", "what": "model chat", "detail": "60 a minute", "caller": "shop"},
    ]
    assert read({}, ways) == [
        Flow(caller="10.0.0.0/8", target="gateway edge", detail="HTTPS 443"),
        Flow(caller="shop", target="model chat", detail="60 a minute", of_model=True),
    ]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        pytest.param({"rules": [{}]}, [("anybody", "any port")], id="empty rule"),
        pytest.param({"rules": []}, [], id="no rule allows nobody"),
        pytest.param({"action": "DENY", "rules": [{}]}, [], id="refusal"),
        pytest.param({"rules": "[unknown]"}, [("not known", "any port")], id="unknown rules"),
        pytest.param(
            {"rules": [{"from": [{"source": {"principals": "[unknown]"}}]}]},
            [("not known", "any port")],
            id="unknown callers",
        ),
        pytest.param({"rules": [7], "selector": 8}, [("anybody", "any port")], id="wrong shapes"),
        pytest.param("[unknown]", [], id="unknown spec"),
    ],
)
def test_odd_policies_are_read_for_the_worst(spec, expected):
    assert [(f.caller, f.port) for f in read(spec)] == expected
