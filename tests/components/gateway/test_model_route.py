"""The edge's routes to models, as plain data."""

import pytest

from components.gateway.access import TokenIssuer
from components.gateway.caller_settings import CallerSettings
from components.gateway.model_route import (
    INTERFACES,
    ModelRoute,
    Share,
    SmallerModel,
    counts_tokens,
    model_route,
)
from components.gateway.rate_limits import Limits
from gate.schema.shape import check_shapes
from policies.engine.graph import Resource
from releases.engines import ENGINES

TOKENS = TokenIssuer(
    issuer="https://login.example.com", jwks_uri="https://login.example.com/keys", audiences=["models"]
)
HOST = "minilm.models.models.internal"


def planned(interface, **more):
    given = {
        "name": "minilm",
        "limits": Limits(parallel=8),
        "upstream_host": HOST,
        "callers": {"web-shop": CallerSettings(subject="client-7")},
        **more,
    }
    return ModelRoute(
        hostname="models.example.com", interface=interface, tokens=TOKENS, timeout="300s", **given
    )


ALONE = (Share(name="support-chat-v1", path="/models/support-chat-v1/v1", version="v1", slot="a"),)
TWO = (
    Share(name="support-chat-v1", path="/models/support-chat-v1/v1", percent=90, version="v1", slot="a"),
    Share(name="support-chat-v2", path="/models/support-chat-v2/v1", percent=10, version="v2", slot="b"),
)
OPENAI = (Share(name="minilm", path="/openai/v1"),)
MINI = SmallerModel(model="support-mini", backend="support-mini-v2")


def chat(**more):
    return planned("chat", **{"name": "support-chat", "upstream_host": "", "shares": ALONE, **more})


ROUTES = {
    "chat": chat(),
    "fallback": chat(
        shares=TWO, smaller_models=(MINI,), limits=Limits(parallel=8, smaller_model=True, refusal="Busy.")
    ),
    "embeddings": planned("embeddings", shares=OPENAI),
    "rerank": planned("rerank", upstream_path="/openai/v1/rerank"),
    "inference": planned("inference"),
    "closed": planned("inference", callers={}),
}


@pytest.mark.parametrize("name", ROUTES)
def test_every_object_has_the_shape_its_api_defines(name):
    records = [
        Resource(urn=role, type=f"kubernetes:{m['apiVersion']}:{m['kind']}", name=role, inputs=m)
        for role, m in model_route(ROUTES[name]).items()
    ]
    report = check_shapes(records)
    assert (report.problems, report.unjudged) == ((), ())


def test_every_task_that_an_engine_serves_has_an_interface():
    assert INTERFACES.keys() == {task for serves in ENGINES.values() for task in serves.tasks}
    assert [task for task in INTERFACES if counts_tokens(task)] == [
        "chat",
        "text-generation",
        "text-embedding",
    ]


@pytest.mark.parametrize("name", ROUTES)
def test_the_route_comes_after_what_protects_it(name):
    roles = list(model_route(ROUTES[name]))
    assert roles[-3:] == ["access", "protection", "route"]


def test_a_language_model_is_reached_through_the_inner_gateway():
    made = model_route(ROUTES["chat"])
    rule = made["route"]["spec"]["rules"][0]
    # In the empty slot the version that answers keeps the place.
    assert rule["backendRefs"] == [
        {"name": "support-chat-v1", "weight": 100},
        {"name": "support-chat-v1", "weight": 0},
    ]
    assert rule["matches"] == [
        {"headers": [{"type": "Exact", "name": "x-ai-eg-model", "value": "support-chat"}]}
    ]
    assert rule["timeouts"] == {"request": "300s"}
    service = made["service-v1"]
    assert service["metadata"]["name"] == "support-chat-v1"
    assert service["spec"]["schema"] == {"name": "OpenAI", "prefix": "/models/support-chat-v1/v1"}
    # One way to the inner gateway stands at the edge for all models it finds by path or by the host a route writes.
    assert "backend" not in made
    inner = {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "kserve-ingress-gateway"}
    assert service["spec"]["backendRef"] == inner
    for name in ("rerank", "inference"):
        other = model_route(ROUTES[name])
        assert "backend" not in other
        assert other["route"]["spec"]["rules"][0]["backendRefs"] == [inner]


def test_no_version_moves_when_another_comes_or_goes():
    def backends(*shares):
        rule = model_route(chat(shares=shares))["route"]["spec"]["rules"][0]
        return [(ref["name"], ref["weight"]) for ref in rule["backendRefs"]]

    def share(version, percent, slot):
        return Share(name=version, path="/v1", percent=percent, version=version, slot=slot)

    v1, v2, v3 = (share(v, p, s) for v, p, s in (("v1", 0, "a"), ("v2", 100, "b"), ("v3", 0, "a")))
    assert backends(v1, v2) == [("v1", 0), ("v2", 100)]
    assert backends(v2) == [("v2", 0), ("v2", 100)]
    assert backends(v3, v2) == backends(v2, v3) == [("v3", 0), ("v2", 100)]
    with pytest.raises(ValueError, match="shares beside each other need a slot each"):
        chat(shares=(share("v1", 100, "a"), v3))


def test_smaller_models_answer_in_their_order_and_under_their_own_names():
    others = (SmallerModel(model="medium", backend="medium-v4"), MINI)
    route = chat(shares=TWO, smaller_models=others, limits=Limits(parallel=8, smaller_model=True))
    assert model_route(route)["route"]["spec"]["rules"][0]["backendRefs"] == [
        {"name": "support-chat-v1", "weight": 90, "priority": 0},
        {"name": "support-chat-v2", "weight": 10, "priority": 0},
        {"name": "medium-v4", "priority": 1, "modelNameOverride": "medium"},
        {"name": "support-mini-v2", "priority": 2, "modelNameOverride": "support-mini"},
    ]


def test_an_embedding_model_answers_openais_embeddings_under_the_host_it_has_inside():
    made = model_route(ROUTES["embeddings"])
    assert made["route"]["kind"] == "AIGatewayRoute"
    assert made["service"]["spec"]["schema"] == {"name": "OpenAI", "prefix": "/openai/v1"}
    assert made["service"]["spec"]["backendRef"]["name"] == "minilm"
    assert made["backend"]["spec"]["endpoints"] == [
        {
            "hostname": HOST,
            "fqdn": {"hostname": "kserve-ingress-gateway.kserve.svc.cluster.local", "port": 80},
        }
    ]


def test_a_predictive_model_answers_the_open_inference_protocol_and_nothing_else():
    rule = model_route(ROUTES["inference"])["route"]["spec"]["rules"][0]
    assert rule["matches"] == [
        {"method": "GET", "path": {"type": "Exact", "value": "/v2/models/minilm"}},
        {"method": "GET", "path": {"type": "Exact", "value": "/v2/models/minilm/ready"}},
        {"method": "POST", "path": {"type": "Exact", "value": "/v2/models/minilm/infer"}},
    ]
    assert rule["filters"][1]["urlRewrite"] == {"hostname": HOST}


def test_a_reranker_has_a_base_address_of_its_own():
    rule = model_route(ROUTES["rerank"])["route"]["spec"]["rules"][0]
    assert rule["matches"] == [
        {"method": "POST", "path": {"type": "Exact", "value": "/models/minilm/v1/rerank"}}
    ]
    assert rule["filters"][1]["urlRewrite"] == {
        "hostname": HOST,
        "path": {"type": "ReplaceFullPath", "replaceFullPath": "/openai/v1/rerank"},
    }


def test_the_callers_token_ends_at_the_edge():
    service = model_route(ROUTES["chat"])["service-v1"]["spec"]
    filters = model_route(ROUTES["inference"])["route"]["spec"]["rules"][0]["filters"]
    assert service["headerMutation"] == {"remove": ["authorization"]}
    assert filters[0]["requestHeaderModifier"] == {"remove": ["authorization"]}


def test_tokens_are_counted_where_answers_name_them():
    rules = {
        name: [
            "cost" in r
            for r in model_route(ROUTES[name])["protection"]["spec"]["rateLimit"]["global"]["rules"]
        ]
        for name in ("chat", "embeddings", "rerank", "inference")
    }
    assert rules == {
        "chat": [False, True],
        "embeddings": [False, True],
        "rerank": [False],
        "inference": [False],
    }
    assert "rateLimit" not in model_route(ROUTES["closed"])["protection"]["spec"]


@pytest.mark.parametrize(
    ("interface", "given", "message"),
    [
        ("chat", {"shares": (Share(name="m", path="v1"),)}, "the path of a share is from / on"),
        (
            "chat",
            {"shares": (Share(name="m", path="/v1", percent=0),)},
            "chat needs shares, one of them above 0",
        ),
        ("embeddings", {}, "embeddings needs shares, one of them above 0"),
        ("inference", {"upstream_host": ""}, "inference needs upstream_host"),
        (
            "embeddings",
            {"shares": OPENAI, "smaller_models": (MINI,)},
            r"only chat has smaller models \(got embeddings\)",
        ),
        (
            "chat",
            {"shares": ALONE, "smaller_models": (MINI,)},
            "limits.smaller_model disagrees with smaller_models",
        ),
    ],
)
def test_a_route_that_leads_nowhere_is_refused(interface, given, message):
    with pytest.raises(ValueError, match=f"^route minilm: {message}$"):
        planned(interface, **given)
