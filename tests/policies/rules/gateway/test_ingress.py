from policies.engine.graph import UNKNOWN
from policies.rules.gateway.ingress import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

GROUP = "gateway.envoyproxy.io"
INTERNAL = ["x-ai-eg-internal-req-id", "x-ai-eg-model", "x-ai-eg-original-path"]


def envoy(kind, spec, name="x", group=f"{GROUP}/v1alpha1", namespace="edge"):
    metadata = {"name": name, "namespace": namespace}
    return resource(
        f"kubernetes:{group}:{kind}", {"kind": kind, "metadata": metadata, "spec": spec}, f"{kind}-{name}"
    )


def access(*rules, **spec):
    said = {"authorization": {"defaultAction": "Deny", "rules": list(rules)}} if rules else {}
    return envoy("SecurityPolicy", said | {"targetRefs": [{"kind": "HTTPRoute", "name": "chat"}]} | spec)


def allow(principal, **more):
    return {"action": "Allow", "name": "shop", "principal": principal} | more


CLAIMS = {"jwt": {"provider": "callers", "claims": [{"name": "sub", "values": ["shop"]}]}}
GATEWAY = envoy(
    "Gateway",
    {
        "gatewayClassName": "edge",
        "infrastructure": {"parametersRef": {"group": GROUP, "kind": "EnvoyProxy", "name": "e"}},
    },
    "edge",
    "gateway.networking.k8s.io/v1",
)
FOR_GATEWAY = {"targetRefs": [{"kind": "Gateway", "name": "edge"}]}
JWT = envoy(
    "SecurityPolicy", FOR_GATEWAY | {"jwt": {"providers": [{"claimToHeaders": [{"header": "X-Caller"}]}]}}
)


def strips(*headers):
    return envoy(
        "ClientTrafficPolicy", FOR_GATEWAY | {"headers": {"earlyRequestHeaders": {"remove": list(headers)}}}
    )


def backend(spec):
    return envoy("AIServiceBackend", spec, "chat", "aigateway.envoyproxy.io/v1beta1")


def counted(key="total", namespace="io.envoy.ai_gateway", who="shop"):
    metadata = {"key": key, "namespace": namespace} if key else {}
    return {"cost": {"response": {"from": "Metadata", "metadata": metadata}}, **selecting(who)}


def selecting(who):
    header = {"name": "x-caller", "type": "Distinct"} if who == "*" else {"name": "x-caller", "value": who}
    return {"clientSelectors": [{"headers": [header]}], "limit": {"requests": 60, "unit": "Minute"}}


def limits(*rules):
    spec = {
        "rateLimit": {"global": {"rules": list(rules)}},
        "targetRefs": [{"kind": "HTTPRoute", "name": "chat"}],
    }
    return envoy("BackendTrafficPolicy", spec)


def route(*keys):
    spec = {
        "parentRefs": [{"name": "edge"}],
        "rules": [{"backendRefs": [{"name": "chat"}]}],
        "llmRequestCosts": [{"metadataKey": key} for key in keys],
    }
    return envoy("AIGatewayRoute", spec, "chat", "aigateway.envoyproxy.io/v1beta1")


HTTPS = {"name": "https", "protocol": "HTTPS"}


def listening(listener, **spec):
    spec = {**GATEWAY.inputs["spec"], "listeners": [listener], **spec}
    return envoy("Gateway", spec, "edge", "gateway.networking.k8s.io/v1")


LISTENING = listening(HTTPS)
COSTS = {"globalLLMRequestCosts": [{"metadataKey": "total"}]}


def at_gateway(*rules, sectionName=None, **spec):  # noqa: N803, as the API writes it
    target = {"kind": "Gateway", "name": "edge", **({"sectionName": sectionName} if sectionName else {})}
    said = {"rateLimit": {"global": {"rules": list(rules)}}, "targetRefs": [target]} | spec
    return envoy("BackendTrafficPolicy", said, "limits")


OTHER = resource("aws:s3/bucket:Bucket", {})
CASES = {
    "listeners-have-a-certificate": RuleCases(
        passing=[
            Case(listening(HTTPS | {"tls": {"certificateRefs": [{"name": "edge-tls"}]}})),
            Case(listening({"name": "t", "protocol": "TLS", "tls": {"mode": "Passthrough"}})),
            Case(listening({"name": "http", "protocol": "HTTP"})),
            Case(listening(HTTPS, infrastructure=None)),  # no class of Envoy's is here
        ],
        failing=[
            Case(
                listening(HTTPS),
                findings=["spec.listeners[0].tls.certificateRefs: the listener https has no certificate"],
            ),
            Case(
                listening(HTTPS | {"tls": {"mode": "Terminate", "certificateRefs": []}}),
                findings=["spec.listeners[0].tls.certificateRefs: the listener https has no certificate"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(listening(HTTPS | {"tls": UNKNOWN}))],
    ),
    "authorization-names-somebody": RuleCases(
        passing=[
            Case(access(allow(CLAIMS))),
            Case(access(allow({"clientCIDRs": ["10.0.0.0/8"]}))),
            Case(access({"action": "Deny", "principal": {}})),
            Case(access(allow({}, operation={"methods": ["GET"]}))),
            Case(access()),
        ],
        failing=[
            Case(
                access(allow({"jwt": {"provider": "callers"}})),
                findings=["spec.authorization.rules[0].principal: whoever has a token is admitted"],
            ),
            Case(access(allow({})), findings=["spec.authorization.rules[0].principal: anybody is admitted"]),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(access(allow(UNKNOWN)))],
    ),
    "gateways-strip-trusted-headers": RuleCases(
        passing=[
            Case(GATEWAY, [JWT, strips("x-caller", *INTERNAL)]),
        ],
        failing=[
            Case(
                GATEWAY,
                [JWT, strips(*INTERNAL)],
                ["a caller's own x-caller comes in: no ClientTrafficPolicy removes it"],
            ),
            Case(
                GATEWAY,
                findings=[
                    f"a caller's own {h} comes in: no ClientTrafficPolicy removes it" for h in INTERNAL
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(GATEWAY, [strips(UNKNOWN)])],
    ),
    "tokens-stay-at-the-edge": RuleCases(
        passing=[
            Case(backend({"headerMutation": {"remove": ["Authorization"]}})),
        ],
        failing=[
            Case(
                backend({}),
                findings=[
                    "spec.headerMutation.remove: callers' tokens are handed to the model; authorization among them"
                ],
            ),
            Case(
                backend({"headerMutation": {"remove": ["cookie"]}}),
                findings=[
                    "spec.headerMutation.remove: callers' tokens are handed to the model; authorization among them"
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[
            Case(backend({"headerMutation": UNKNOWN})),
        ],
    ),
    "limits-count-what-is-measured": RuleCases(
        passing=[
            Case(limits(counted()), [route("total")]),
            Case(limits(counted(namespace="mine")), [route()]),
            Case(limits(selecting("shop")), [route()]),
            Case(limits(counted()), []),
            Case(at_gateway(counted()), [LISTENING, route("total")]),
            Case(at_gateway(counted()), [LISTENING, route("input"), limits(counted("input"))]),
            Case(at_gateway(counted(), sectionName="plain"), [LISTENING, route("input")]),
            Case(
                at_gateway(counted()),
                [LISTENING, route(), envoy("GatewayConfig", COSTS, group="aigateway.envoyproxy.io/v1beta1")],
            ),
        ],
        failing=[
            Case(
                limits(counted()),
                [route("input")],
                [
                    "spec.rateLimit.global.rules[0].cost.response.metadata.key: the route chat does not measure total"
                ],
            ),
            *(
                Case(
                    policy,
                    [LISTENING, route("totals")],
                    [
                        (
                            "spec.rateLimit.global.rules[0].cost.response.metadata.key: the route chat does "
                            "not measure total"
                        )
                    ],
                )
                for policy in (
                    at_gateway(counted()),
                    at_gateway(counted(), sectionName="https"),
                    at_gateway(counted(), targetRefs=None, targetSelectors=[{"kind": "Gateway"}]),
                )
            ),
            Case(
                limits(counted(key="")),
                findings=[
                    (
                        "spec.rateLimit.global.rules[0].cost.response.metadata.key: is not set, and answers' "
                        "costs are to be counted by it"
                    )
                ],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(limits(counted(key=UNKNOWN)))],
    ),
    "every-caller-has-both-limits": RuleCases(
        passing=[
            Case(route("total"), [GATEWAY, access(allow(CLAIMS)), limits(counted(), selecting("shop"))]),
            Case(
                route("total"),
                [GATEWAY, access(allow(CLAIMS)), limits(counted(who="*"), selecting("*"))],
            ),
        ],
        failing=[
            Case(
                route("total"),
                [GATEWAY, access(allow(CLAIMS)), limits(counted())],
                ["nothing limits the requests of shop"],
            ),
            Case(
                route("total"),
                [GATEWAY, access(allow(CLAIMS)), limits(counted(who="other"), selecting("shop"))],
                ["nothing limits the tokens of shop"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(route("total"), [GATEWAY, access(allow(CLAIMS)), limits(UNKNOWN)])],
    ),
}
test_rules = cases_test((*RULES, *PLATFORM), CASES)
