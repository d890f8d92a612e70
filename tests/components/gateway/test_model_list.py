"""What stands once at the edge for all models."""

from components.gateway.access import TokenIssuer
from components.gateway.model_list import closed_list, inner_backend

TOKENS = TokenIssuer(
    issuer="https://login.example.com", jwks_uri="https://login.example.com/keys", audiences=["models"]
)


def test_the_inner_gateway_is_a_backend_by_name_or_by_the_host_of_a_model():
    where = {"hostname": "kserve-ingress-gateway.kserve.svc.cluster.local", "port": 80}
    assert inner_backend("inner")["spec"]["endpoints"] == [{"fqdn": where}]
    assert inner_backend("m", "m.models.internal")["spec"]["endpoints"] == [
        {"hostname": "m.models.internal", "fqdn": where}
    ]


def test_nobody_may_ask_for_the_names_of_all_models():
    made = closed_list("models.example.com", TOKENS)
    assert list(made) == ["model-list-access", "model-list"]
    access, route = made["model-list-access"]["spec"], made["model-list"]["spec"]
    assert access["authorization"] == {"defaultAction": "Deny"}
    assert access["targetRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "model-list"}
    ]
    # The token is asked for first: without one it is 401, as everywhere.
    assert access["jwt"]["providers"][0]["issuer"] == "https://login.example.com"
    assert route["hostnames"] == ["models.example.com"]
    assert route["rules"][0]["matches"] == [{"path": {"type": "Exact", "value": "/v1/models"}}]
