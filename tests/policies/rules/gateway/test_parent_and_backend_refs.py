from policies.analysis.gateway.objects import AI_ROUTES, HTTP_ROUTE
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.parent_and_backend_refs import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
_PARENTS = [{"name": "edge"}]
_NOWHERE = "spec.rules[0].backendRefs: is not set: what matches is answered with an error"
_LOOSE = "spec.parentRefs: is not set: no gateway ever sends anything this way"


def _http(parents=_PARENTS, **rule):
    return resource(HTTP_ROUTE, {"spec": {"parentRefs": parents, "rules": [rule]}})


def _ai(**spec):
    return resource(AI_ROUTES[0], {"spec": spec})


CASES = {
    "routes-hang-on-a-gateway": RuleCases(
        passing=[
            Case(_http()),
            Case(_ai(parentRefs=_PARENTS)),
            Case(_ai(targetRefs=_PARENTS)),
            Case(_http([{"kind": "Service", "name": "api"}])),
        ],
        failing=[Case(_http([]), findings=[_LOOSE]), Case(_ai(rules=[]), findings=[_LOOSE])],
        not_applicable=_OTHER,
        undecided=[Case(_http(UNKNOWN))],
    ),
    "routes-end-somewhere": RuleCases(
        passing=[
            Case(_http(backendRefs=[{"name": "api", "port": 80}])),
            Case(_http(backendRefs=[{"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "b"}])),
            Case(_http(filters=[{"type": "RequestRedirect"}])),
            Case(_ai(rules=[{"backendRefs": [{"name": "m"}]}])),
            Case(_ai(rules=[])),
        ],
        failing=[
            Case(_http(filters=[{"type": "URLRewrite"}]), findings=[_NOWHERE]),
            Case(_ai(rules=[{"matches": []}]), findings=[_NOWHERE]),
            Case(
                _http(backendRefs=[{"name": "api"}]),
                findings=[
                    (
                        "spec.rules[0].backendRefs[0].port: is not set: a Service is no backend without the port "
                        "that is asked"
                    )
                ],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_http(backendRefs=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
