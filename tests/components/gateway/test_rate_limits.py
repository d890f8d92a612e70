"""What the gateways let through and when they give up, as plain data."""

import json

import pytest

from components.gateway.caller_settings import CallerSettings
from components.gateway.failures import inner_words_policy
from components.gateway.rate_limits import Limits, inner_protection_policy, protection_policy, route_policy
from components.gateway.unknown_path import unknown_path_answers

SHOP = {"web-shop": CallerSettings(subject="client-7", requests_per_minute=30, tokens_per_minute=9000)}
WHO = [{"headers": [{"name": "x-caller", "type": "Exact", "value": "client-7"}]}]


def route(limits=None, *, callers=SHOP, counts_tokens=True, shape="openai"):
    return route_policy(
        "support-chat", {}, callers, limits or Limits(parallel=8), counts_tokens=counts_tokens, shape=shape
    )["spec"]


def test_a_caller_has_requests_and_tokens_of_its_own():
    rules = route()["rateLimit"]["global"]["rules"]
    assert rules == [
        {"clientSelectors": WHO, "limit": {"requests": 30, "unit": "Minute"}},
        {
            "clientSelectors": WHO,
            "limit": {"requests": 9000, "unit": "Minute"},
            "cost": {
                "request": {"from": "Number", "number": 0},
                "response": {
                    "from": "Metadata",
                    "metadata": {"namespace": "io.envoy.ai_gateway", "key": "llm_total_token"},
                },
            },
        },
    ]


def test_tokens_are_limited_also_where_the_stack_names_no_limit_and_only_where_they_are_counted():
    plain = {"desk": CallerSettings(subject="desk")}
    assert [r["limit"]["requests"] for r in route(callers=plain)["rateLimit"]["global"]["rules"]] == [
        60,
        50000,
    ]
    rules = route(callers=plain, counts_tokens=False)["rateLimit"]["global"]["rules"]
    assert [r["limit"]["requests"] for r in rules] == [60]
    assert "rateLimit" not in route(callers={})


def test_one_count_over_all_models_stands_where_no_limit_has_a_cost():
    each = {
        "clientSelectors": [{"headers": [{"name": "x-caller", "type": "Distinct"}]}],
        "limit": {"requests": 600, "unit": "Minute"},
    }
    assert protection_policy(600, 300)["spec"]["rateLimit"]["global"]["rules"] == [each]
    inner = inner_protection_policy(600)["spec"]
    assert inner["rateLimit"]["global"]["rules"] == [{**each, "shared": True}]
    (answer,) = inner["responseOverride"]
    assert (answer["match"]["statusCodes"], answer["source"]) == ([{"type": "Value", "value": 429}], "Local")
    assert json.loads(answer["response"]["body"]["inline"])["error"] == {
        "message": "This caller's limit for all models together is used up.",
        "type": "requests",
        "param": None,
        "code": "rate_limit_exceeded",
    }


@pytest.mark.parametrize(
    "policy", [protection_policy(600, 300), inner_protection_policy(600)], ids=["edge", "inner"]
)
def test_nothing_is_retried_that_a_model_may_have_begun(policy):
    assert policy["spec"]["retry"] == {
        "numRetries": 2,
        "retryOn": {"triggers": ["connect-failure", "reset-before-request"]},
    }
    assert policy["spec"]["circuitBreaker"]["retryBudget"] == {
        "percent": {"numerator": 20},
        "minRetryConcurrency": 3,
    }


def test_never_more_than_half_of_the_replicas_are_put_aside():
    assert inner_protection_policy(600)["spec"]["healthCheck"]["passive"] == {
        "consecutiveGatewayErrors": 3,
        "consecutive5XxErrors": 5,
        "interval": "5s",
        "baseEjectionTime": "30s",
        "maxEjectionPercent": 50,
    }


def test_the_model_is_given_no_more_at_once_than_it_holds():
    breaker = route(Limits(parallel=8))["circuitBreaker"]
    assert {key: breaker[key] for key in ("maxConnections", "maxPendingRequests", "maxParallelRequests")} == {
        "maxConnections": 8,
        "maxPendingRequests": 8,
        "maxParallelRequests": 8,
    }
    with pytest.raises(ValueError, match=r"^parallel is 0; it must be at least 1$"):
        Limits(parallel=0)


def test_a_limit_that_is_used_up_is_said_as_openais_libraries_read_it():
    answer = route()["responseOverride"][0]
    assert answer["match"] == {"statusCodes": [{"type": "Value", "value": 429}]}
    # The engine's own 429 says more than ours.
    assert answer["source"] == "Local"
    assert answer["response"]["header"] == {"set": [{"name": "Retry-After", "value": "60"}]}
    assert json.loads(answer["response"]["body"]["inline"]) == {
        "error": {
            "message": "This caller's limit for the model is used up.",
            "type": "requests",
            "param": None,
            "code": "rate_limit_exceeded",
        }
    }


def test_a_polite_refusal_stands_in_for_an_answer_that_did_not_come():
    (refusal,) = Limits(parallel=8, refusal='Busy, 100% of it; try "later"').words("openai")
    assert [code["value"] for code in refusal["match"]["statusCodes"]] == [500, 502, 503, 504]
    assert refusal["response"]["header"] == {"set": [{"name": "Retry-After", "value": "30"}]}
    body = refusal["response"]["body"]["inline"]
    # Envoy turns a doubled percent sign back into one.
    assert json.loads(body.replace("%%", "%")) == {
        "error": {
            "message": 'Busy, 100% of it; try "later"',
            "type": "server_error",
            "param": None,
            "code": "model_unavailable",
        }
    }
    assert "100%% of" in body
    (plain,) = Limits(parallel=8, refusal="Busy.").words("inference")
    assert plain["response"]["body"]["inline"] == '{"error": "Busy."}'


def test_a_model_with_a_smaller_one_behind_it_is_put_aside_as_a_whole():
    assert (
        route(Limits(parallel=8, smaller_model=True))["healthCheck"]["passive"]["maxEjectionPercent"] == 100
    )
    assert "healthCheck" not in route()


def test_a_model_at_rest_says_that_it_was_woken_and_when_to_ask_again():
    answer, others = Limits(parallel=8, waking_seconds=57).words("openai")
    assert [code["value"] for code in others["match"]["statusCodes"]] == [500, 502, 504]
    assert [code["value"] for code in answer["match"]["statusCodes"]] == [503]
    assert "source" not in answer
    assert answer["response"]["header"] == {"set": [{"name": "Retry-After", "value": "57"}]}
    assert json.loads(answer["response"]["body"]["inline"])["error"]["code"] == "model_unavailable"
    # What a record says of failing comes first.
    (refusal,) = Limits(parallel=8, waking_seconds=57, refusal="Busy.").words("openai")
    assert len(refusal["match"]["statusCodes"]) == 4


def test_no_answer_is_empty_where_the_record_says_nothing():
    (answer,) = Limits(parallel=8).words("openai")
    assert [code["value"] for code in answer["match"]["statusCodes"]] == [500, 502, 503, 504]
    assert "source" not in answer
    assert answer["response"]["contentType"] == "application/json"
    assert answer["response"]["header"] == {"set": [{"name": "Retry-After", "value": "30"}]}
    assert json.loads(answer["response"]["body"]["inline"])["error"] == {
        "message": "The model does not answer now.",
        "type": "server_error",
        "param": None,
        "code": "model_unavailable",
    }


def test_the_edge_says_the_same_of_every_model_and_leaves_alone_what_comes_from_behind_it():
    said = [route(Limits(parallel=8, refusal=one))["responseOverride"] for one in ("", "Busy.")]
    assert said[0] == said[1] == unknown_path_answers()["spec"]["responseOverride"]
    codes = [[code["value"] for code in one["match"]["statusCodes"]] for one in said[0]]
    assert codes == [[429], [500, 502, 503, 504], [401], [403], [404]]
    assert {one["source"] for one in said[0]} == {"Local"}


def test_the_inner_gateway_says_what_the_record_says_beside_its_own():
    words = Limits(parallel=8, refusal="Busy.").words("openai")
    policy = inner_words_policy("chat-v1", "models", "chat-v1-kserve-route", {"a": "b"}, words)
    assert policy["metadata"] == {"name": "chat-v1", "namespace": "models", "labels": {"a": "b"}}
    spec = policy["spec"]
    assert spec["targetRefs"] == [
        {"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "chat-v1-kserve-route"}
    ]
    # Merged, the count over all models and the replicas that are put aside stay the gateway's.
    assert spec["mergeType"] == "StrategicMerge"
    own = inner_protection_policy(600)["spec"]["responseOverride"]
    assert spec["responseOverride"] == [*own, *words]


REFUSED = {
    401: ("This request needs a token that is valid here.", "invalid_token"),
    403: ("This caller may not use this model.", "permission_denied"),
    404: ("There is no such model or path here.", "model_not_found"),
}


@pytest.mark.parametrize(
    "overrides",
    [route()["responseOverride"], protection_policy(600, 300)["spec"]["responseOverride"]],
    ids=["model", "edge"],
)
def test_strangers_are_refused_in_the_words_of_the_api_and_engines_keep_theirs(overrides):
    by_code = {
        code["value"]: one
        for one in overrides
        for code in one["match"]["statusCodes"]
        if code["value"] in REFUSED
    }
    for code, (message, name) in REFUSED.items():
        assert by_code[code]["source"] == "Local"
        assert json.loads(by_code[code]["response"]["body"]["inline"])["error"] == {
            "message": message,
            "type": "invalid_request_error",
            "param": None,
            "code": name,
        }
    assert by_code[401]["response"]["header"] == {"set": [{"name": "WWW-Authenticate", "value": "Bearer"}]}
    assert "header" not in by_code[403]["response"]


def test_a_predictive_model_refuses_strangers_in_its_own_shape():
    said = route(Limits(parallel=8), shape="inference", counts_tokens=False)["responseOverride"]
    codes = [[code["value"] for code in one["match"]["statusCodes"]] for one in said]
    assert codes == [[429], [500, 502, 503, 504], [401], [403]]
    assert said[3]["response"]["body"]["inline"] == '{"error": "This caller may not use this model."}'
