from dataclasses import replace

from policies.analysis.gateway.objects import (
    AI_ROUTES,
    GATEWAY,
    HTTP_ROUTE,
    PROXY,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
)
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.routes import RULES
from tests.policies.cases import OURS, Case, RuleCases, cases_test, resource

_AI = AI_ROUTES[0]
_OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
_ENVOYS = {"group": "gateway.envoyproxy.io", "kind": "Backend", "name": "chat"}
_PROXIES = {"parametersRef": {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "edge"}}


def _made(type_, name="chat", where="edge", labels=None, **spec):
    metadata = {"name": name, "namespace": where, **({"labels": labels} if labels else {})}
    return resource(type_, {"metadata": metadata, "spec": spec}, name)


def _ai(**rule):
    backend = {"backendRefs": [{"name": "chat"}], **rule}
    return _made(_AI, labels={"team": "a"}, parentRefs=[{"name": "edge"}], rules=[backend])


def _http(path="/v2/models/chat/infer", backend=_ENVOYS, labels=None, **rule):
    rules = [{"matches": [{"path": {"value": path}}], "backendRefs": [backend], **rule}]
    return _made(HTTP_ROUTE, labels=labels, parentRefs=[{"name": "edge"}], rules=rules)


def _for(kind, name, **more):
    return {"targetRefs": [{"kind": kind, "name": name, **more}]}


_ROUTE, _EDGE = _for("HTTPRoute", "chat"), _for("Gateway", "edge")
_LABELS = {"targetSelectors": [{"kind": "HTTPRoute", "matchLabels": {"team": "a"}}]}
_LIST = {"authorization": {"rules": [{"action": "Allow"}]}}
_GATEWAY = _made(GATEWAY, "edge", gatewayClassName="e", infrastructure=_PROXIES)
_INSIDE = [
    _GATEWAY,
    _made(PROXY, "edge", provider={"kubernetes": {"envoyService": {"type": "ClusterIP"}}}),
]


def _security(target, **spec):
    return _made(SECURITY_POLICY, "s", **target, **spec)


def _traffic(target, **spec):
    return _made(TRAFFIC_POLICY, "t", **target, **spec)


def _tokens(source="Metadata"):
    return {"rateLimit": {"global": {"rules": [{}, {"cost": {"response": {"from": source}}}]}}}


def _one_of_two():
    """Two callers with limits of requests, of whom one has a limit of tokens too."""
    one, other = ([{"headers": [{"name": "x-caller", "value": name}]}] for name in ("shop", "agent"))
    tokens = {"clientSelectors": one, "cost": {"response": {"from": "Metadata"}}}
    rules = [{"clientSelectors": one}, tokens, {"clientSelectors": other}]
    return {"rateLimit": {"global": {"rules": rules}}}


def _retry(**on):
    return {"retry": {"numRetries": 2, **({"retryOn": on} if on else {})}}


def _timeout(value):
    return {"timeout": {"http": {"requestTimeout": value}}}


_UNNAMED = ["no SecurityPolicy says who may call chat"]
_UNLIMITED = ["nothing limits the tokens that callers of chat use"]

CASES = {
    "model-routes-name-their-callers": RuleCases(
        passing=[
            Case(_ai(), others=[_security(_ROUTE, **_LIST)]),
            Case(_ai(), others=[_security(_LABELS, authorization={})]),
            Case(_ai(), others=[_security(_ROUTE, extAuth={"http": {}})]),
            Case(_ai(), others=[_GATEWAY, _security(_EDGE, **_LIST)]),
            Case(_ai(), others=[_GATEWAY, _security(_EDGE, apiKeyAuth={"credentialRefs": []})]),
            Case(_http(), others=[_security(_ROUTE, **_LIST)]),
            # Inside the cluster the mesh decides; other routes lead to no model; other gateways have other policies.
            Case(_ai(), others=_INSIDE),
            Case(_http("/shop")),
            # Leads to no model.
            Case(_made(_AI, "nowhere", parentRefs=[{"name": "edge"}], rules=[]), others=[_GATEWAY]),
            Case(_http(backend={"kind": "Service", "name": "chat"})),
            # In a file without its gateway, nothing says what else holds for a route.
            Case(replace(_ai(), source="route.yaml#x")),
        ],
        failing=[
            Case(replace(_ai(), source="route.yaml#x"), others=[_GATEWAY], findings=_UNNAMED),
            Case(_ai(), findings=_UNNAMED),
            Case(_made(_AI, parentRefs=[{"name": "edge"}]), findings=_UNNAMED),
            Case(_ai(), others=[_GATEWAY, _security(_EDGE, jwt={"providers": [{}]})], findings=_UNNAMED),
            Case(_ai(), others=[_security(_for("HTTPRoute", "mail"), **_LIST)], findings=_UNNAMED),
            Case(
                _ai(),
                others=[_security(_for("HTTPRoute", "chat", sectionName="route-not-found"), **_LIST)],
                findings=_UNNAMED,
            ),
            # A policy of its own takes the place of the gateway's list.
            Case(
                _ai(),
                others=[
                    _GATEWAY,
                    _security(_EDGE, **_LIST),
                    _made(SECURITY_POLICY, "own", **_ROUTE, cors={}),
                ],
                findings=_UNNAMED,
            ),
            Case(_http(), findings=_UNNAMED),
            Case(_http("/x", labels={"slipway.dev/model": "chat"}), findings=_UNNAMED),
            Case(
                _http("/x", backend={"kind": "InferencePool", "name": "p"}),
                others=[_GATEWAY],
                findings=_UNNAMED,
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_ai(), others=[_security(_ROUTE, authorization=UNKNOWN)])],
    ),
    "language-routes-limit-tokens": RuleCases(
        passing=[
            Case(_ai(), others=[_traffic(_ROUTE, **_tokens())]),
            Case(_ai(), others=[OURS, _traffic(_ROUTE, **_tokens())]),
            Case(_ai(), others=[_traffic(_ROUTE, **_one_of_two())]),
            Case(_ai(), others=[_GATEWAY, _traffic(_EDGE, **_tokens())]),
            Case(
                _ai(),
                others=[
                    resource(
                        "kubernetes:aigateway.envoyproxy.io/v1alpha1:QuotaPolicy",
                        {"spec": {"targetRefs": [{"kind": "AIServiceBackend", "name": "chat"}]}},
                    )
                ],
            ),
            Case(_ai(), others=[_security(_ROUTE, authorization={"defaultAction": "Deny"})]),
            Case(_ai(), others=_INSIDE),
        ],
        failing=[
            Case(_ai(), findings=_UNLIMITED),
            Case(_ai(), others=[_traffic(_ROUTE, **_tokens("Number"))], findings=_UNLIMITED),
            Case(
                _ai(),
                others=[
                    _GATEWAY,
                    _traffic(_EDGE, **_tokens()),
                    _made(TRAFFIC_POLICY, "own", **_ROUTE, retry={"numRetries": 0}),
                ],
                findings=_UNLIMITED,
            ),
            Case(_ai(), others=[_security(_ROUTE, **_LIST)], findings=_UNLIMITED),
            Case(
                _ai(),
                others=[OURS, _traffic(_ROUTE, **_one_of_two())],
                findings=["t limits a caller of chat in requests and not in tokens"],
            ),
        ],
        not_applicable=[Case(_http())],
        undecided=[Case(_ai(), others=[_traffic(_ROUTE, rateLimit=UNKNOWN)])],
    ),
    "language-routes-do-not-retry": RuleCases(
        passing=[
            Case(
                _traffic(_ROUTE, **_retry(triggers=["connect-failure", "reset-before-request"])),
                others=[_ai()],
            ),
            Case(_traffic(_ROUTE, retry={"numRetries": 0}), others=[_ai()]),
            Case(_traffic(_ROUTE, **_retry(httpStatusCodes=[429])), others=[_ai()]),
            Case(_traffic(_ROUTE), others=[_ai()]),
            # A shop's pages may be asked for twice.
            Case(_traffic(_ROUTE, **_retry(triggers=["5xx"])), others=[_http("/shop")]),
        ],
        failing=[
            Case(
                _traffic(_ROUTE, **_retry(triggers=["5xx", "connect-failure", "reset"])),
                others=[_ai()],
                findings=[
                    "spec.retry.retryOn.triggers[0]: 5xx is retried also when the model has begun",
                    "spec.retry.retryOn.triggers[2]: reset is retried also when the model has begun",
                ],
            ),
            Case(
                _traffic(_ROUTE, **_retry(triggers=["retriable-status-codes"], httpStatusCodes=[429, 503])),
                others=[_http()],
                findings=[
                    "spec.retry.retryOn.httpStatusCodes[1]: 503 is retried also when the model has begun"
                ],
            ),
            Case(
                _traffic(_ROUTE, **_retry()),
                others=[_ai()],
                findings=["spec.retry.retryOn: is not set: Envoy Gateway then retries on any 503"],
            ),
            Case(
                _traffic(_EDGE, **_retry(triggers=["gateway-error"])),
                others=[_GATEWAY, _ai()],
                findings=[
                    "spec.retry.retryOn.triggers[0]: gateway-error is retried also when the model has begun"
                ],
            ),
            Case(
                _traffic(_EDGE, **_retry(triggers=["5xx"])),
                others=[resource(RELEASE, {"chart": "oci://docker.io/envoyproxy/ai-gateway-helm"})],
                findings=["spec.retry.retryOn.triggers[0]: 5xx is retried also when the model has begun"],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_traffic(_ROUTE, retry=UNKNOWN), others=[_ai()])],
    ),
    "edge-routes-have-timeouts": RuleCases(
        passing=[
            Case(_ai(timeouts={"request": "300s"})),
            Case(_ai()),
            Case(_http(timeouts={"request": "1m0s"})),
            Case(_http("/shop", timeouts={"request": "0s"})),
            Case(_ai(timeouts={"request": "0s"}), others=_INSIDE),
            Case(_traffic(_EDGE, **_timeout("60s"))),
            Case(_traffic(_EDGE, **_timeout("0s")), others=_INSIDE),
        ],
        failing=[
            Case(
                _ai(timeouts={"request": "0s"}),
                findings=["spec.rules[0].timeouts.request: a request waits for ever (0s)"],
            ),
            Case(
                _http(timeouts={"request": "0m0s"}),
                findings=["spec.rules[0].timeouts.request: a request waits for ever (0m0s)"],
            ),
            Case(
                _traffic(_EDGE, **_timeout("0ms")),
                others=[_GATEWAY],
                findings=["spec.timeout.http.requestTimeout: a request waits for ever (0ms)"],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_ai(timeouts=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
