"""What the edge says where nothing is."""

import json

from components.gateway.unknown_path import unknown_path, unknown_path_answers


def test_the_route_is_for_every_path_and_leads_nowhere():
    route = unknown_path("models.example.com")
    assert (route["kind"], route["metadata"]) == (
        "AIGatewayRoute",
        {"name": "unknown-path", "namespace": "edge"},
    )
    assert route["spec"] == {
        "parentRefs": [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"}],
        "hostnames": ["models.example.com"],
        "rules": [],
    }


def test_its_answers_are_json_and_the_limits_of_the_edge_stay():
    spec = unknown_path_answers()["spec"]
    assert spec["targetRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "unknown-path"}
    ]
    assert spec["mergeType"] == "StrategicMerge"
    said = {one["match"]["statusCodes"][0]["value"]: one for one in spec["responseOverride"]}
    assert set(said) == {401, 403, 404, 429, 500}
    assert {one["source"] for one in said.values()} == {"Local"}
    response = said[404]["response"]
    assert response["contentType"] == "application/json"
    assert json.loads(response["body"]["inline"])["error"] == {
        "message": "There is no such model or path here.",
        "type": "invalid_request_error",
        "param": None,
        "code": "model_not_found",
    }
