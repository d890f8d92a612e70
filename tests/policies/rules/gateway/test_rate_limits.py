"""The rules of ``policies/rules/gateway/rate_limits.py``, by tables."""

import pytest

from policies.analysis.gateway.merge import merged_limits
from policies.analysis.gateway.objects import AI_ROUTES, GATEWAY, HTTP_ROUTE, TRAFFIC_POLICY
from policies.engine.graph import UNKNOWN, Graph
from policies.rules.gateway.rate_limits import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.gateway_examples import NOT_OURS, controller

COST = {"limit": {"requests": 9}, "cost": {"response": {"from": "Metadata"}}}
PLAIN = {"limit": {"requests": 9}}
SHARED = {"limit": {"requests": 9}, "shared": True}


def limits(name, *rules, kind="HTTPRoute", to="chat", namespace="edge", section="", **spec):
    target = {"kind": kind, "name": to, **({"sectionName": section} if section else {})}
    said = {"rateLimit": {"type": "Global", "global": {"rules": list(rules)}}} if rules else {}
    return resource(
        TRAFFIC_POLICY,
        {
            "metadata": {"name": name, "namespace": namespace},
            "spec": {"targetRefs": [target], **said, **spec},
        },
        name,
    )


def merged(name, *rules, **more):
    return limits(name, *rules, **{"mergeType": "StrategicMerge"} | more)


def gateway(**metadata):
    listeners = [{"name": "https", "port": 443}, {"name": "plain", "port": 80}]
    return resource(
        GATEWAY,
        {
            "metadata": {"name": "edge", "namespace": "edge", **metadata},
            "spec": {"gatewayClassName": "envoy", "listeners": listeners},
        },
        "gateway",
    )


def route(type_=AI_ROUTES[0], *, rules=(), namespace="edge", **parent):
    return resource(
        type_,
        {
            "metadata": {"name": "chat", "namespace": namespace, "labels": {"team": "support"}},
            "spec": {"parentRefs": [{"name": "edge", "namespace": "edge", **parent}], "rules": list(rules)},
        },
        "route",
    )


def of(name):
    return limits(name, SHARED, kind="Gateway", to="edge")


def ignored(costly, shared, index=0):
    return (
        f"spec.rateLimit.global.rules[{index}].cost of BackendTrafficPolicy edge/{costly} stands beside "
        f"spec.rateLimit.global.rules[0].shared of edge/{shared}, and each request then counts 1 whatever it costs"
    )


OWN = (
    "spec.rateLimit.global.rules[1].cost: the cost stands beside spec.rateLimit.global.rules[0].shared of edge/a, "
    "and each request then counts 1 whatever it costs"
)
ON_LISTENER = limits("listener", SHARED, kind="Gateway", to="edge", section="plain")
SELECTING = {"targetRefs": [], "targetSelectors": [{"kind": "HTTPRoute", "matchLabels": {"team": "support"}}]}
EXPRESSION = {"key": "team", "operator": "In", "values": ["support"]}
SECTION = merged("aa", COST, section="first")
RULE = "costs-stand-beside-no-shared-limit"
PATH = "values.config.envoyGateway.rateLimit.timeout"

test_cases = cases_test(
    RULES,
    {
        RULE: RuleCases(
            passing=[
                Case(limits("a", COST, PLAIN)),
                Case(limits("a", SHARED, PLAIN)),
                Case(limits("a", COST, {"shared": False})),
                Case(
                    route(),
                    [gateway(), merged("chat", COST), limits("edge", PLAIN, kind="Gateway", to="edge")],
                ),
                # Without mergeType the route's own policy stands alone.
                Case(route(), [gateway(), limits("chat", COST), of("edge")]),
                # JSONMerge replaces the list.
                Case(route(), [gateway(), merged("chat", COST, mergeType="JSONMerge"), of("edge")]),
                # The listener's policy is merged instead of the gateway's.
                Case(
                    route(sectionName="plain"),
                    [
                        gateway(),
                        merged("chat", COST),
                        of("edge"),
                        limits("listener", PLAIN, kind="Gateway", to="edge", section="plain"),
                    ],
                ),
                Case(route(sectionName="https"), [gateway(), merged("chat", COST), ON_LISTENER]),
                Case(route(port=443), [gateway(), merged("chat", COST), ON_LISTENER]),
                # Another gateway, another namespace, nothing here.
                Case(route(name="inner"), [gateway(), merged("chat", COST), of("edge")]),
                Case(route(), [merged("chat", COST), of("edge")]),
                Case(route(), [gateway(), of("edge")]),
                Case(route(), [gateway()]),
                # Of two for the route, the first by name.
                Case(route(), [gateway(), merged("zz", COST), merged("bb", PLAIN), of("edge")]),
                # Only the rule that is named has the cost, and none of that name is here.
                Case(route(HTTP_ROUTE, rules=[{"name": "second"}]), [gateway(), SECTION, of("edge")]),
            ],
            failing=[
                Case(limits("a", SHARED, COST), findings=[OWN]),
                Case(
                    limits("a", SHARED, {"cost": {"request": {"from": "Number"}}}),
                    findings=[OWN],
                ),
                Case(
                    route(),
                    [gateway(), merged("chat", PLAIN, COST), of("edge")],
                    findings=[ignored("chat", "edge", 1)],
                ),
                # The route's is shared and the gateway's has the cost.
                Case(
                    route(HTTP_ROUTE),
                    [gateway(), merged("chat", SHARED), limits("edge", COST, kind="Gateway", to="edge")],
                    findings=[ignored("edge", "chat")],
                ),
                Case(
                    route(),
                    [gateway(), merged("chat", COST), ON_LISTENER],
                    findings=[ignored("chat", "listener")],
                ),
                Case(
                    route(HTTP_ROUTE, rules=[{"name": "first"}, {"name": "second"}]),
                    [gateway(), SECTION, of("edge")],
                    findings=[ignored("aa", "edge")],
                ),
                Case(
                    route(),
                    [gateway(), merged("chat", COST, **SELECTING), of("edge")],
                    findings=[ignored("chat", "edge")],
                ),
                Case(
                    route(),
                    [
                        gateway(labels={"team": "support"}),
                        merged("chat", COST),
                        limits(
                            "edge",
                            SHARED,
                            targetRefs=[],
                            targetSelectors=[{"kind": "Gateway", "matchExpressions": [EXPRESSION]}],
                        ),
                    ],
                    findings=[ignored("chat", "edge")],
                ),
                # The gateway stands in another namespace, its policy beside it.
                Case(
                    route(namespace="team"),
                    [gateway(), merged("chat", COST, namespace="team"), of("edge")],
                    findings=[ignored("chat", "edge").replace("edge/chat", "team/chat")],
                ),
            ],
            not_applicable=[Case(NOT_OURS)],
            undecided=[
                Case(limits("a", {"shared": UNKNOWN}, COST)),
                Case(route(), [gateway(), limits("chat", COST, mergeType=UNKNOWN), of("edge")]),
                Case(route(), [gateway(), limits("chat", COST, targetRefs=UNKNOWN), of("edge")]),
                Case(
                    route(),
                    [
                        gateway(),
                        merged(
                            "chat",
                            COST,
                            targetRefs=[],
                            targetSelectors=[
                                {"kind": "HTTPRoute", "matchExpressions": [{"operator": "Near"}]}
                            ],
                        ),
                    ],
                ),
            ],
        ),
        "rate-limit-calls-have-time": RuleCases(
            passing=[
                Case(controller({"failClosed": True, "timeout": "500ms"})),
                Case(controller({"failClosed": True, "timeout": "100ms"})),
                Case(controller({"failClosed": False})),
                Case(controller(None)),
            ],
            failing=[
                Case(
                    controller({"failClosed": True}),
                    findings=[
                        (
                            "values.config.envoyGateway.rateLimit.timeout: is not set, so Envoy Gateway's "
                            "default of 20 ms; at least 100 ms"
                        )
                    ],
                ),
                Case(
                    controller({"failClosed": True, "timeout": "99ms"}),
                    findings=["values.config.envoyGateway.rateLimit.timeout: 99ms is short; at least 100 ms"],
                ),
            ],
            not_applicable=[Case(NOT_OURS), Case(resource(controller(None).type, {"chart": "other"}))],
            undecided=[Case(controller({"failClosed": True, "timeout": "soon"})), Case(controller(UNKNOWN))],
        ),
    },
)


@pytest.mark.parametrize(
    ("operator", "values", "hits"),
    [
        ("In", ["other"], False),
        ("NotIn", ["other"], True),
        ("NotIn", ["support"], False),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
    ],
)
def test_targets_are_chosen_by_expressions_as_kubernetes_does(operator, values, hits):
    chosen = {
        "kind": "HTTPRoute",
        "matchExpressions": [{"key": "team", "operator": operator, "values": values}],
    }
    policy = limits("chat", COST, targetRefs=[], targetSelectors=[chosen])
    (found,) = merged_limits(route(), Graph([route(), gateway(), policy]))
    assert [limit.owner for limit in found] == (["edge/chat"] if hits else [])
