"""How many InferencePools a rule of a route may name, where Envoy reads it."""

from policies.analysis.gateway.objects import AI_ROUTES, CLASS, GATEWAY, HTTP_ROUTE
from policies.analysis.kserve.objects import LLM, LLM_CONFIG
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.inference_pools import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OWN = "/{{ .ObjectMeta.Namespace }}/{{ .ObjectMeta.Name }}"
SHARED = "/publishers/{{ .ObjectMeta.Namespace }}/models/{{ .Spec.Model.Name }}"
AI_GATEWAY = resource(RELEASE, {"chart": "oci://docker.io/envoyproxy/ai-gateway-helm"})
AI_ROUTE = resource(AI_ROUTES[0], {"metadata": {"name": "chat"}})
OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
SAID = "backendRefs: every member of a traffic group becomes a pool here"
RULES_OF = "spec.router.route.http.spec.rules"


def gateway(controller):
    metadata = {"name": "inner", "namespace": "kserve"}
    return [
        resource(GATEWAY, {"metadata": metadata, "spec": {"gatewayClassName": "inner"}}, "gateway"),
        resource(CLASS, {"metadata": {"name": "inner"}, "spec": {"controllerName": controller}}, "class"),
    ]


ENVOY = gateway("gateway.envoyproxy.io/gatewayclass-controller")


def pool(name, **more):
    return {"group": "inference.networking.k8s.io", "kind": "InferencePool", "name": name, **more}


def http(*backends, parent="inner", **rule):
    spec = {
        "parentRefs": [{"name": parent, "namespace": "kserve"}],
        "rules": [{"backendRefs": list(backends), **rule}],
    }
    return resource(HTTP_ROUTE, {"metadata": {"name": "chat", "namespace": "models"}, "spec": spec})


def rule_at(path, backend=None, **more):
    return {
        "matches": [{"path": {"type": "PathPrefix", "value": path}}],
        "backendRefs": [backend or pool("p")],
        **more,
    }


def config(*rules, kind=LLM_CONFIG[0], name="kserve-config-llm-router-route", **route):
    spec = {"router": {"route": {"http": {"spec": {"rules": list(rules)}}, **route}}}
    return resource(kind, {"metadata": {"name": name, "namespace": "models"}, "spec": spec})


def service(*rules, **route):
    return config(*rules, kind=LLM[0], name="chat-v1", **route)


CASES = {
    "envoy-rules-name-one-pool": RuleCases(
        passing=[
            Case(http(pool("v1")), others=ENVOY),
            # Services share by weight.
            Case(http({"name": "v1", "weight": 9}, {"name": "v2", "weight": 1}), others=ENVOY),
            # Other gateways can, and of one that is not here nothing is known.
            Case(http(pool("v1"), pool("v2")), others=gateway("istio.io/gateway-controller")),
            Case(http(pool("v1"), pool("v2"))),
        ],
        failing=[
            Case(
                http(pool("v1"), pool("v2")),
                others=ENVOY,
                findings=["spec.rules[0].backendRefs: 2 pools: v1, v2; one"],
            ),
            # A weight of 0 does not help: all that are named are handed over.
            Case(
                http(pool("v1", weight=100), pool("v2", weight=0), name="all"),
                others=ENVOY,
                findings=["spec.rules[0].backendRefs: 2 pools: v1, v2; one"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(http(pool("v1"), UNKNOWN), others=ENVOY)],
    ),
    "groups-share-outside-pools": RuleCases(
        passing=[
            Case(config(rule_at(f"{OWN}/v1/completions")), others=[AI_GATEWAY]),
            Case(config(rule_at(OWN)), others=[AI_ROUTE]),
            Case(config(rule_at(SHARED, {"kind": "Service", "name": "chat"})), others=[AI_GATEWAY]),
            Case(config(rule_at(SHARED))),
            Case(service(rule_at(SHARED)), others=[AI_GATEWAY]),
            Case(service(rule_at("/models/chat-v1/v1"), group="chat"), others=[AI_GATEWAY]),
            Case(service(group="chat"), others=[AI_GATEWAY]),
        ],
        failing=[
            Case(
                config(rule_at(OWN), rule_at(f"{SHARED}/v1/completions", name="model")),
                others=[AI_GATEWAY],
                findings=[f"{RULES_OF}[1].{SAID}"],
            ),
            Case(config(rule_at(f"{OWN}-two")), others=[AI_ROUTE], findings=[f"{RULES_OF}[0].{SAID}"]),
            Case(
                service(rule_at("/chat"), group="chat"),
                others=[AI_GATEWAY],
                findings=[f"{RULES_OF}[0].{SAID}"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(config(UNKNOWN), others=[AI_GATEWAY])],
    ),
}

test_cases = cases_test(RULES, CASES)
