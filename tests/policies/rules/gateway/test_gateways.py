"""The rules of ``policies/rules/gateway/gateways.py``, by tables."""

from policies.analysis.gateway.objects import (
    AI_ROUTES,
    CLASS,
    CLIENT_POLICY,
    DEFINITION,
    PROXY,
    SECURITY_POLICY,
    TRAFFIC_POLICY,
)
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.gateways import PLATFORM, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.gateway_examples import (
    ENVOY,
    HTTP,
    HTTPS,
    INTERNAL,
    JWT,
    NLB,
    NOT_OURS,
    PROXIED,
    RANGES,
    SCHEME,
    SELECTED,
    ai_route,
    attaching,
    controller,
    gateway,
    policy,
    proxy,
    service,
)

NAMED = {"metadata": {"name": "edge", "namespace": "edge"}}
CLASS_OF_PROXY = resource(
    CLASS, {"metadata": {"name": "envoy"}, "spec": {"parametersRef": {"name": "edge", "namespace": "edge"}}}
)
UNSAID = "spec.provider.kubernetes.envoyService: nothing says that its load balancer is internal"
REPLACED = "spec.mergeType: is not set: the policy takes the place of the gateway's"
UNBOUND = "loadBalancerSourceRanges: a public load balancer that names no source ranges"

CASES: dict[str, RuleCases] = {
    "gateway-listeners-encrypt": RuleCases(
        passing=[
            Case(gateway(HTTPS, {"name": "t", "protocol": "TLS"}, {"name": "w", "protocol": "HBONE"})),
            Case(gateway(HTTP, infrastructure=PROXIED), others=[proxy(type="ClusterIP")]),
        ],
        failing=[
            Case(
                gateway(HTTPS, HTTP),
                findings=["spec.listeners[1].protocol: the listener http speaks plain HTTP; HTTPS or TLS"],
            ),
            Case(
                gateway(HTTP, infrastructure=PROXIED),
                others=[proxy(type="LoadBalancer")],
                findings=["spec.listeners[0].protocol: the listener http speaks plain HTTP; HTTPS or TLS"],
            ),
            Case(
                gateway({"name": "db", "protocol": "TCP"}),
                findings=["spec.listeners[0].protocol: the listener db speaks plain TCP; HTTPS or TLS"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(gateway({"name": "x", "protocol": UNKNOWN}))],
    ),
    "gateway-listeners-name-who-attaches": RuleCases(
        passing=[Case(gateway(HTTPS)), Case(attaching({"from": "Same"})), Case(attaching(SELECTED))],
        failing=[
            Case(
                attaching({"from": "All"}),
                findings=[
                    (
                        "spec.listeners[0].allowedRoutes.namespaces.from: the listener https takes routes "
                        "from every namespace"
                    )
                ],
            ),
            Case(
                attaching({"from": "Selector", "selector": {}}),
                findings=[
                    (
                        "spec.listeners[0].allowedRoutes.namespaces.selector: the listener https takes "
                        "routes from every namespace"
                    )
                ],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(attaching(UNKNOWN))],
    ),
    "gateway-tls-is-current": RuleCases(
        passing=[
            Case(policy(CLIENT_POLICY, "Gateway")),
            Case(policy(CLIENT_POLICY, "Gateway", tls={"minVersion": "1.3"})),
        ],
        failing=[
            Case(
                policy(CLIENT_POLICY, "Gateway", tls={"minVersion": "1.0"}),
                findings=["spec.tls.minVersion: TLS 1.0; 1.2 or 1.3"],
            ),
            Case(
                policy(CLIENT_POLICY, "Gateway", tls={"maxVersion": "1.1"}),
                findings=["spec.tls.maxVersion: TLS 1.1; 1.2 or 1.3"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(policy(CLIENT_POLICY, "Gateway", tls=UNKNOWN))],
    ),
    "gateways-authenticate": RuleCases(
        passing=[
            Case(gateway(HTTPS), others=[ENVOY, policy(SECURITY_POLICY, "Gateway", jwt=JWT)]),
            Case(
                gateway(HTTPS),
                others=[
                    ENVOY,
                    resource(
                        SECURITY_POLICY,
                        {
                            "metadata": {"name": "p", "namespace": "edge"},
                            "spec": {
                                "targetSelectors": [{"kind": "Gateway", "matchLabels": {"tier": "edge"}}],
                                "oidc": {"clientID": "c"},
                            },
                        },
                    ),
                ],
            ),
            Case(gateway(HTTP, infrastructure=PROXIED), others=[proxy(type="ClusterIP")]),
        ],
        failing=[
            Case(
                gateway(HTTPS),
                others=[ENVOY],
                findings=["no SecurityPolicy for this gateway asks callers who they are"],
            ),
            Case(
                gateway(HTTPS),
                others=[ENVOY, policy(SECURITY_POLICY, "Gateway", jwt={**JWT, "optional": True})],
                findings=["no SecurityPolicy for this gateway asks callers who they are"],
            ),
            Case(
                gateway(HTTPS, infrastructure=PROXIED),
                others=[policy(SECURITY_POLICY, "Gateway", "another", jwt=JWT)],
                findings=["no SecurityPolicy for this gateway asks callers who they are"],
            ),
        ],
        not_applicable=[Case(gateway(HTTPS, gatewayClassName="istio"), others=[ENVOY])],
        undecided=[Case(gateway(HTTPS), others=[ENVOY, policy(SECURITY_POLICY, "Gateway", jwt=UNKNOWN)])],
    ),
    "route-policies-keep-authentication": RuleCases(
        passing=[
            Case(
                policy(SECURITY_POLICY, "HTTPRoute", "m", mergeType="StrategicMerge", cors={}),
                others=[policy(SECURITY_POLICY, "Gateway", jwt=JWT)],
            ),
            Case(policy(SECURITY_POLICY, "HTTPRoute", "m", cors={})),
        ],
        failing=[
            Case(
                policy(SECURITY_POLICY, "HTTPRoute", "m", cors={}),
                others=[policy(SECURITY_POLICY, "Gateway", jwt=JWT)],
                findings=[f"{REPLACED} authentication for HTTPRoute m"],
            ),
            Case(
                policy(SECURITY_POLICY, "GRPCRoute", "g", authorization={"defaultAction": "Allow"}),
                others=[policy(SECURITY_POLICY, "Gateway", extAuth={"grpc": {}})],
                findings=[f"{REPLACED} authentication for GRPCRoute g"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[
            Case(
                policy(SECURITY_POLICY, "HTTPRoute", "m", mergeType=UNKNOWN),
                others=[policy(SECURITY_POLICY, "Gateway", jwt=JWT)],
            )
        ],
    ),
    "route-policies-keep-limits": RuleCases(
        passing=[
            Case(
                policy(TRAFFIC_POLICY, "HTTPRoute", "m", mergeType="StrategicMerge"),
                others=[policy(TRAFFIC_POLICY, "Gateway", rateLimit={"type": "Global"})],
            ),
            Case(policy(TRAFFIC_POLICY, "HTTPRoute", "m", timeout={})),
        ],
        failing=[
            Case(
                policy(TRAFFIC_POLICY, kind, "m", timeout={}),
                others=[policy(TRAFFIC_POLICY, "Gateway", rateLimit={"type": "Global"})],
                findings=[f"{REPLACED} rate limits for {kind} m"],
            )
            for kind in ("HTTPRoute", "GRPCRoute")
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[
            Case(
                policy(TRAFFIC_POLICY, "HTTPRoute", "m", rateLimit=UNKNOWN),
                others=[policy(TRAFFIC_POLICY, "Gateway", rateLimit={"type": "Global"})],
            )
        ],
    ),
    "load-balancers-name-their-callers": RuleCases(
        passing=[
            Case(service({NLB: "external"})),
            Case(service({INTERNAL: "true"})),
            Case(service({SCHEME: "internal"})),
            Case(service({"networking.gke.io/load-balancer-type": "Internal"})),
            Case(service({RANGES: "203.0.113.0/24, 198.51.100.0/24"})),
            Case(service(type="ClusterIP")),
            Case(proxy(loadBalancerSourceRanges=["203.0.113.0/24"])),
            Case(resource(PROXY, {"spec": {"telemetry": {"accessLog": {"settings": []}}}})),
            Case(
                resource(PROXY, {"spec": {"provider": {"kubernetes": {"envoyDeployment": {"replicas": 2}}}}})
            ),
        ],
        failing=[
            Case(service(), findings=[f"spec.{UNBOUND}"]),
            Case(
                proxy(annotations={SCHEME: "internet-facing"}),
                findings=[f"spec.provider.kubernetes.envoyService.{UNBOUND}"],
            ),
            *(
                Case(resource(PROXY, {**NAMED, "spec": {"telemetry": {}}}), users, [UNSAID])
                for users in ([gateway(infrastructure=PROXIED)], [gateway(), CLASS_OF_PROXY])
            ),
            Case(proxy(), findings=[f"spec.provider.kubernetes.envoyService.{UNBOUND}"]),
            Case(
                service({NLB: "external", SCHEME: "internet-facing"}, loadBalancerSourceRanges=["0.0.0.0/0"]),
                findings=["spec.loadBalancerSourceRanges[0]: a public load balancer open to 0.0.0.0/0"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(service(loadBalancerSourceRanges=UNKNOWN))],
    ),
    "ai-routes-keep-traffic-weights": RuleCases(
        passing=[Case(ai_route({"name": "chat"})), Case(ai_route())],
        failing=[
            Case(
                ai_route({"group": "inference.networking.k8s.io", "kind": "InferencePool", "name": "p"}),
                findings=["spec.rules[0].backendRefs[0].kind: goes straight to the pool p; AIServiceBackend"],
            ),
            Case(
                resource(
                    AI_ROUTES[1],
                    {"spec": {"rules": [{}, {"backendRefs": [{"kind": "InferencePool", "name": "q"}]}]}},
                ),
                findings=["spec.rules[1].backendRefs[0].kind: goes straight to the pool q; AIServiceBackend"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(ai_route({"kind": UNKNOWN, "name": "p"}))],
    ),
    "rate-limits-fail-closed": RuleCases(
        passing=[Case(controller({"failClosed": True})), Case(controller(None))],
        failing=[
            Case(
                controller({"backend": {"type": "Redis"}, **more}),
                findings=[
                    "values.config.envoyGateway.rateLimit.failClosed: without the store nobody is limited; must be true"
                ],
            )
            for more in ({}, {"failClosed": False})
        ],
        not_applicable=[Case(resource(RELEASE, {"chart": "keda", "values": {}}))],
        undecided=[Case(controller(UNKNOWN))],
    ),
    "definitions-outlive-their-stack": RuleCases(
        passing=[
            Case(resource(DEFINITION, {"metadata": {"name": "a.b"}}, retain_on_delete=True)),
            Case(resource(DEFINITION, {"metadata": {"name": "a.b"}}, source="a.yaml#x")),
        ],
        failing=[
            Case(
                resource(DEFINITION, {"metadata": {"name": name}}),
                findings=[
                    (
                        f"retainOnDelete: {name} is deleted with the stack, and every object of its kind with "
                        f"it; must be true"
                    )
                ],
            )
            for name in ("a.b", "c.d")
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(resource(DEFINITION, {"metadata": {"name": UNKNOWN}}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
