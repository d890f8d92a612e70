"""Who gets in at the edge, as plain data."""

from components.gateway.access import TokenIssuer, authentication_policy, authorization_policy
from components.gateway.caller_settings import CallerSettings

TOKENS = TokenIssuer(
    issuer="https://login.example.com", jwks_uri="https://login.example.com/keys", audiences=["models"]
)
CALLERS = {"web-shop": CallerSettings(subject="client-7"), "desk": CallerSettings(subject="desk@example.com")}


def allowed(subject):
    return {
        "jwt": {
            "provider": "callers",
            "claims": [{"name": "sub", "valueType": "String", "values": [subject]}],
        }
    }


def test_a_models_callers_are_let_in_by_their_subject_and_nobody_else():
    spec = authorization_policy("support-chat", {}, TOKENS, CALLERS)["spec"]
    assert spec["targetRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "support-chat"}
    ]
    assert spec["authorization"] == {
        "defaultAction": "Deny",
        "rules": [
            {"name": "desk", "action": "Allow", "principal": allowed("desk@example.com")},
            {"name": "web-shop", "action": "Allow", "principal": allowed("client-7")},
        ],
    }


def test_without_callers_nobody_is_let_in():
    policy = authorization_policy("support-chat", {}, TOKENS, {})
    assert policy["spec"]["authorization"] == {"defaultAction": "Deny"}


def test_the_route_checks_the_same_tokens_as_the_edge_and_keeps_what_else_the_edge_asks():
    edge = authentication_policy(TOKENS)
    spec = authorization_policy("support-chat", {}, TOKENS, CALLERS)["spec"]
    assert spec["jwt"] == edge["spec"]["jwt"]
    assert spec["mergeType"] == "StrategicMerge"
    assert edge["spec"]["targetRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"}
    ]
    assert "mergeType" not in edge["spec"]
    assert "authorization" not in edge["spec"]
