from dataclasses import replace

from policies.analysis.gateway.objects import CLASS, GATEWAY, PROXY, SECURITY_POLICY, TRAFFIC_POLICY
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.callers import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

_PROXY_REFERENCE = {"group": "gateway.envoyproxy.io", "kind": "EnvoyProxy", "name": "edge"}
_METADATA = {"name": "edge", "namespace": "edge"}


def _gateway(**spec):
    return resource(GATEWAY, {"metadata": _METADATA, "spec": {"gatewayClassName": "envoy", **spec}})


def _class(**spec):
    controller = "gateway.envoyproxy.io/gatewayclass-controller"
    return resource(CLASS, {"metadata": {"name": "envoy"}, "spec": {"controllerName": controller, **spec}})


def _jwt(**changes):
    provider = {
        "name": "people",
        "issuer": "https://login.example.com",
        "audiences": ["models"],
        "remoteJWKS": {"uri": "https://login.example.com/keys"},
        **changes,
    }
    return resource(SECURITY_POLICY, {"spec": {"jwt": {"providers": [provider]}}})


def _limits(**spec):
    target = [{"group": "gateway.networking.k8s.io", "kind": "Gateway", "name": "edge"}]
    return resource(TRAFFIC_POLICY, {"metadata": _METADATA, "spec": {"targetRefs": target, **spec}})


_DESCRIBED = _gateway(infrastructure={"parametersRef": _PROXY_REFERENCE})
_INSIDE = resource(
    PROXY,
    {
        "metadata": _METADATA,
        "spec": {"provider": {"kubernetes": {"envoyService": {"type": "ClusterIP"}}}},
    },
)
_UNLIMITED = "no BackendTrafficPolicy for this gateway limits its callers"
_OPEN = "spec.infrastructure.parametersRef: names no EnvoyProxy: the load balancer is public and open to every address"
_OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]


def _elsewhere(gateway):
    return replace(gateway, source="edge.yaml#Gateway/edge/edge")


CASES = {
    "tokens-are-made-for-us": RuleCases(
        passing=[Case(_jwt()), Case(resource(SECURITY_POLICY, {"spec": {"oidc": {}}}))],
        failing=[
            Case(
                _jwt(issuer=""),
                findings=["spec.jwt.providers[0].issuer: none, so whoever the key set signs for may enter"],
            ),
            Case(
                _jwt(audiences=[]),
                findings=[
                    "spec.jwt.providers[0].audiences: none, so a token made for another service may enter"
                ],
            ),
            Case(
                _jwt(remoteJWKS={"uri": "http://login/keys"}),
                findings=[
                    "spec.jwt.providers[0].remoteJWKS.uri: keys are read in plain text from http://login/keys; https"
                ],
            ),
            Case(
                resource(SECURITY_POLICY, {"spec": {"oidc": {"provider": {"issuer": "http://login"}}}}),
                findings=["spec.oidc.provider.issuer: http://login is asked in plain text; https"],
            ),
            Case(
                _jwt(remoteJWKS=None),
                findings=["spec.jwt.providers[0].remoteJWKS: no key set, so nothing can be checked"],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_jwt(audiences=UNKNOWN))],
    ),
    "gateways-limit-their-callers": RuleCases(
        passing=[
            Case(_DESCRIBED, others=[_limits(rateLimit={"global": {"rules": [{"limit": {}}]}})]),
            Case(_DESCRIBED, others=[_limits(rateLimit={"local": {"rules": [{"limit": {}}]}})]),
            Case(_DESCRIBED, others=[_INSIDE]),
            Case(_elsewhere(_DESCRIBED)),
            Case(_gateway()),  # no class of Envoy's is here
        ],
        failing=[
            Case(_DESCRIBED, findings=[_UNLIMITED]),
            Case(_gateway(), others=[_class(), _limits()], findings=[_UNLIMITED]),
            Case(
                _DESCRIBED,
                others=[_limits(rateLimit={"type": "Global", "global": {"rules": []}})],
                findings=[_UNLIMITED],
            ),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_DESCRIBED, others=[_limits(rateLimit=UNKNOWN)])],
    ),
    "gateways-describe-their-proxy": RuleCases(
        passing=[
            Case(_DESCRIBED, others=[_class()]),
            Case(_elsewhere(_gateway()), others=[_class()]),
            Case(_gateway(), others=[_class(parametersRef={"name": "edge"})]),
            Case(_gateway()),
        ],
        failing=[
            Case(_gateway(), others=[_class()], findings=[_OPEN]),
            Case(_gateway(infrastructure={}), others=[_class()], findings=[_OPEN]),
        ],
        not_applicable=_OTHER,
        undecided=[Case(_gateway(infrastructure=UNKNOWN), others=[_class()])],
    ),
}

test_cases = cases_test(RULES, CASES)
