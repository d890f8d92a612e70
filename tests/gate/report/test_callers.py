"""Who may call which model, as the report says it, and what a change of it means."""

from dataclasses import asdict

from gate.difference.flows import flow_changes
from gate.report.callers import model_callers
from policies.analysis.gateway.objects import AI_ROUTES, HTTP_ROUTES, SECURITY_POLICY, TRAFFIC_POLICY
from policies.engine.graph import UNKNOWN, Graph
from tests.captured import captured
from tests.policies.cases import resource

TARGET = [{"kind": "HTTPRoute", "name": "chat"}]


def made(type_, **spec):
    return resource(type_, {"metadata": {"name": "chat", "namespace": "edge"}, "spec": spec})


def allow(name, *subjects):
    claims = [{"name": "sub", "values": list(subjects)}]
    return {"name": name, "action": "Allow", "principal": {"jwt": {"provider": "p", "claims": claims}}}


def listing(*rules, **more):
    return made(SECURITY_POLICY, targetRefs=TARGET, authorization={"rules": list(rules), **more})


def limit(subject, amount, **more):
    who = [{"headers": [{"name": "x-caller", "type": "Exact", "value": subject}]}]
    return {"clientSelectors": who, "limit": {"requests": amount, "unit": "Minute"}, **more}


def limits(*rules):
    return made(TRAFFIC_POLICY, targetRefs=TARGET, rateLimit={"global": {"rules": list(rules)}})


ROUTE = made(AI_ROUTES[0], rules=[{"backendRefs": [{"name": "chat"}]}])
TOKENS = {"cost": {"response": {"from": "Metadata"}}}


def said(*others):
    return [(e.what, e.source, e.detail) for e in model_callers(Graph([ROUTE, *others]))]


def test_every_caller_of_a_model_is_named_with_what_it_may_ask():
    found = said(
        listing(allow("shop", "client-7"), allow("desk", "desk"), allow("ops", "a", "b")),
        limits(limit("client-7", 60), limit("client-7", 50_000, **TOKENS), limit("desk", 5), limit("a", 1)),
    )
    assert found == [
        ("model chat", "shop (client-7)", "60 requests a minute and 50000 tokens a minute"),
        ("model chat", "desk", "5 requests a minute"),
        ("model chat", "ops (a, b)", "1 requests a minute; no limit of its own"),
    ]


def test_the_list_of_models_is_no_model():
    backend = {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "inner"}
    rule = {"matches": [{"path": {"type": "Exact", "value": "/v1/models"}}], "backendRefs": [backend]}
    names = made(HTTP_ROUTES[0], rules=[rule])
    (found,) = model_callers(Graph([names, listing()]))
    assert (found.what, found.source) == ("names of all models", "nobody")


def test_nobody_and_anybody_are_said_too():
    assert said(listing()) == [("model chat", "nobody", "its list of callers is empty")]
    assert said() == [("model chat", "anybody the gateway lets in", "no list of callers")]
    assert said(listing(defaultAction="Allow")) == [
        ("model chat", "anybody who is not refused", "no limit of its own")
    ]
    asked = made(SECURITY_POLICY, targetRefs=TARGET, extAuth={"http": {}})
    assert said(asked) == [("model chat", "whom a service lets in", "no list of callers")]


def test_other_ways_to_name_a_caller():
    other = {"action": "Allow", "principal": {"clientCIDRs": ["10.0.0.0/8"]}}
    team = {"jwt": {"claims": [{"name": "team", "values": ["a"]}], "scopes": ["chat"]}}
    found = said(listing(other, {"action": "Allow", "name": "team", "principal": team}, {"action": "Deny"}))
    assert [source for _, source, _ in found] == ["rule 0 (10.0.0.0/8)", "team (chat, team=a)"]


def test_a_model_that_stands_in_is_called_by_the_others_callers():
    backends = [{"name": "chat", "priority": 0}, {"name": "mini", "priority": 1}]
    route = made(AI_ROUTES[0], rules=[{"backendRefs": backends}])
    assert [(e.what, e.source, e.detail) for e in model_callers(Graph([route, listing()]))][1:] == [
        ("model mini", "callers of chat", "in its place, while chat keeps failing")
    ]


def test_what_cannot_be_read_is_said():
    (way,) = model_callers(Graph([ROUTE, made(SECURITY_POLICY, targetRefs=TARGET, authorization=UNKNOWN)]))
    assert (way.what, way.source) == ("model chat", "unreadable")
    assert way.detail == "spec.authorization is not known yet"


def side(*others):
    return {"resources": [], "exposure": [asdict(e) for e in model_callers(Graph([ROUTE, *others]))]}


def test_a_change_says_who_may_now_call_what():
    before = side(listing(allow("desk", "desk")), limits(limit("desk", 5)))
    after = side(
        listing(allow("desk", "desk"), allow("shop", "shop")), limits(limit("desk", 9), limit("shop", 60))
    )
    assert flow_changes(before, after) == (
        [
            "chat: desk may now ask for 9 requests a minute (was 5 requests a minute)",
            "chat: shop may now call it (60 requests a minute)",
        ],
        [],
    )
    assert flow_changes(after, before)[1] == ["chat: shop may no longer call it"]
    assert flow_changes(before, before) == ([], [])


def test_nobody_is_no_way_in_that_opens_or_closes():
    assert flow_changes(side(listing()), side(listing(allow("desk", "desk")))) == (
        ["chat: desk may now call it (no limit of its own)"],
        [],
    )


def test_the_example_models_are_called_by_whom_their_stack_names():
    found = [(e.what, e.source, e.detail) for e in model_callers(captured("prod-models").graph)]
    assert found == [
        ("model minilm", "search-indexer", "600 requests a minute and 500000 tokens a minute"),
        ("model support-chat", "help-desk", "120 requests a minute and 200000 tokens a minute"),
        ("model support-chat", "web-shop", "60 requests a minute and 50000 tokens a minute"),
    ]
