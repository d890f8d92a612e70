"""The edge's routes to models, as plain data."""

import pytest

from components.model_route import ModelRoute, model_route
from gate.shape import check_shapes
from policies.record import Resource


def language(**more):
    return model_route(
        ModelRoute(
            name="support-chat",
            hostname="models.example.com",
            kind="language",
            upstream_path="/models/support-chat-v1/v1",
            **more,
        )
    )


def predictive():
    return model_route(
        ModelRoute(
            name="minilm",
            hostname="models.example.com",
            kind="predictive",
            upstream_host="minilm-v1-models.models.example.com",
        )
    )


@pytest.mark.parametrize("manifests", [language(), predictive()], ids=["language", "predictive"])
def test_every_object_has_the_shape_its_api_defines(manifests):
    records = [
        Resource(urn=role, type=f"kubernetes:{m['apiVersion']}:{m['kind']}", name=role, inputs=m)
        for role, m in manifests.items()
    ]
    report = check_shapes(records)
    assert (report.problems, report.unjudged) == ((), ())


def test_a_language_model_is_reached_through_the_inner_gateway():
    made = language()
    assert list(made) == ["backend", "service", "protection", "route"]
    rule = made["route"]["spec"]["rules"][0]
    assert rule["backendRefs"] == [{"name": "support-chat"}]
    assert rule["matches"][0]["headers"][0]["value"] == "support-chat"
    assert made["service"]["spec"]["schema"] == {"name": "OpenAI", "prefix": "/models/support-chat-v1/v1"}
    assert made["backend"]["spec"]["endpoints"] == [
        {"fqdn": {"hostname": "kserve-ingress-gateway.kserve.svc.cluster.local", "port": 80}}
    ]


def test_the_callers_token_ends_at_the_edge():
    assert language()["service"]["spec"]["headerMutation"] == {"remove": ["authorization"]}
    filters = predictive()["route"]["spec"]["rules"][0]["filters"]
    assert filters[0]["requestHeaderModifier"] == {"remove": ["authorization"]}


def test_tokens_are_counted_per_caller_beside_the_edges_own_limits():
    spec = language(tokens_per_minute=5000)["protection"]["spec"]
    assert spec["mergeType"] == "StrategicMerge"
    assert spec["rateLimit"]["global"]["rules"] == [
        {
            "clientSelectors": [{"headers": [{"name": "x-caller", "type": "Distinct"}]}],
            "limit": {"requests": 5000, "unit": "Minute"},
            "cost": {
                "request": {"from": "Number", "number": 0},
                "response": {
                    "from": "Metadata",
                    "metadata": {"namespace": "io.envoy.ai_gateway", "key": "llm_total_token"},
                },
            },
        }
    ]


def test_a_predictive_model_is_rewritten_to_its_inner_name():
    rewrite = predictive()["route"]["spec"]["rules"][0]["filters"][1]["urlRewrite"]
    assert rewrite == {
        "hostname": "minilm-v1-models.models.example.com",
        "path": {"type": "ReplacePrefixMatch", "replacePrefixMatch": "/"},
    }
    assert "rateLimit" not in predictive()["protection"]["spec"]


def test_no_retries_means_none():
    assert "retry" not in language(retries=0)["protection"]["spec"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "language", "upstream_path": "v1"}, "needs upstream_path, from / on"),
        ({"kind": "predictive"}, "needs upstream_host"),
        ({"kind": "language", "upstream_path": "/v1", "tokens_per_minute": 0}, "must be at least 1"),
        ({"kind": "language", "upstream_path": "/v1", "retries": -1}, "must be 0 or more"),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(given, message):
    with pytest.raises(ValueError, match=f"{message}$"):
        ModelRoute(name="m", hostname="models.example.com", **given)
