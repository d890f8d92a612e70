from policies.analysis.gateway.objects import GATEWAY, PROXY, SERVICE
from policies.analysis.kubernetes.charts import RELEASE
from policies.analysis.network.types import SUBNET
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.balancers import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

NOTE = "service.beta.kubernetes.io/aws-load-balancer"
_CONTROLLER = resource(RELEASE, {"chart": "aws-load-balancer-controller"}, name="balancers")
_IP = {f"{NOTE}-scheme": "internal", f"{NOTE}-nlb-target-type": "ip"}


def _proxy(*after, **service):
    spec = {"provider": {"kubernetes": {"envoyService": {"type": "LoadBalancer", **service}}}}
    return resource(
        PROXY,
        {"kind": "EnvoyProxy", "metadata": {"name": "edge", "namespace": "edge"}, "spec": spec},
        name="proxy",
        dependencies=frozenset(r.urn for r in after),
    )


def _service(notes=None, **spec):
    inputs = {
        "kind": "Service",
        "metadata": {"name": "web", "namespace": "web", "annotations": notes or {}},
        "spec": {"type": "LoadBalancer", **spec},
    }
    return resource(SERVICE, inputs, name="web", source="web.yaml")


_CLASSED = _proxy(loadBalancerClass="service.k8s.aws/nlb")
_OF_CLASS = {"loadBalancerClass": "service.k8s.aws/nlb", "annotations": _IP}
_FIRST = "does not wait for balancers: on destroy the controller may go first, and the load balancer stays"
_NONE = (
    "is not set: EKS's own controller makes the load balancer, and sends connections to a port of every node; "
    "service.k8s.aws/nlb"
)

_GATEWAY = resource(
    GATEWAY,
    {
        "kind": "Gateway",
        "metadata": {"name": "edge", "namespace": "edge"},
        "spec": {
            "gatewayClassName": "envoy",
            "infrastructure": {"parametersRef": {"kind": "EnvoyProxy", "name": "edge"}},
            "listeners": [{"name": "https", "port": 443, "protocol": "HTTPS"}],
        },
    },
    name="gateway",
)


def _subnet(cidr, role="internal-elb"):
    return resource(SUBNET, {"cidrBlock": cidr, "tags": {f"kubernetes.io/role/{role}": "1"}}, name=cidr)


def _policy(*cidrs, port=10443, holes=(), selector=None, name="callers"):
    blocks = [{"ipBlock": {"cidr": cidr, **({"except": list(holes)} if holes else {})}} for cidr in cidrs]
    rules = [{"from": blocks, "ports": [{"protocol": "TCP", "port": port}]}] if cidrs else []
    return resource(
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        {
            "kind": "NetworkPolicy",
            "metadata": {"name": name, "namespace": "edge"},
            "spec": {"podSelector": selector or {}, "policyTypes": ["Ingress"], "ingress": rules},
        },
        name=name,
    )


_EDGE = _proxy(**_OF_CLASS)
_OF_EDGE = {"matchLabels": {"gateway.envoyproxy.io/owning-gateway-name": "edge"}}
_UNREACHED = (
    "spec.listeners[0].port: the load balancer asks whether proxies are there from 10.0.0.0/19, and no NetworkPolicy "
    "lets it in on 10443"
)

CASES = {
    "load-balancers-follow-their-controller": RuleCases(
        passing=[
            Case(_proxy(_CONTROLLER, loadBalancerClass="service.k8s.aws/nlb"), [_CONTROLLER]),
            Case(_CLASSED),  # the controller of another stack
            Case(_proxy()),  # no controller here: EKS's own
            Case(_service(loadBalancerClass="service.k8s.aws/nlb"), [_CONTROLLER]),  # a manifest has no order
            Case(_service({f"{NOTE}-type": "external"}), [_CONTROLLER]),
            Case(_service(loadBalancerClass="eks.amazonaws.com/nlb"), [_CONTROLLER]),
            Case(_proxy(type="ClusterIP"), [_CONTROLLER]),
        ],
        failing=[
            Case(_CLASSED, [_CONTROLLER], [_FIRST]),
            Case(
                _proxy(_CONTROLLER),
                [_CONTROLLER],
                [f"spec.provider.kubernetes.envoyService.loadBalancerClass: {_NONE}"],
            ),
            Case(_service({f"{NOTE}-type": "nlb"}), [_CONTROLLER], [f"spec.loadBalancerClass: {_NONE}"]),
        ],
        not_applicable=[Case(_CONTROLLER)],
        undecided=[Case(_service(loadBalancerClass=UNKNOWN), [_CONTROLLER])],
    ),
    "load-balancers-reach-their-proxies": RuleCases(
        passing=[
            Case(_GATEWAY, [_EDGE, _subnet("10.0.0.0/19"), _policy("10.0.0.0/8")]),
            Case(_GATEWAY, [_EDGE, _subnet("10.0.0.0/19")]),  # nothing closes the namespace
            Case(_GATEWAY, [_EDGE, _policy("203.0.113.0/24")]),  # the subnets are not in view
            Case(_GATEWAY, [_EDGE, _subnet("10.0.0.0/19", role="elb"), _policy("203.0.113.0/24")]),
            Case(
                _GATEWAY,
                [
                    _EDGE,
                    _subnet("10.0.0.0/19"),
                    _policy(),
                    _policy("10.0.0.0/16", selector=_OF_EDGE, name="b"),
                ],
            ),
            Case(  # nodes are asked, not proxies
                _GATEWAY,
                [_proxy(loadBalancerClass="service.k8s.aws/nlb"), _subnet("10.0.0.0/19"), _policy()],
            ),
        ],
        failing=[
            Case(_GATEWAY, [_EDGE, _subnet("10.0.0.0/19"), _policy("203.0.113.0/24")], [_UNREACHED]),
            Case(_GATEWAY, [_EDGE, _subnet("10.0.0.0/19"), _policy("10.0.0.0/8", port=443)], [_UNREACHED]),
            Case(
                _GATEWAY,
                [_EDGE, _subnet("10.0.0.0/19"), _policy("10.0.0.0/8", holes=["10.0.16.0/20"])],
                [_UNREACHED],
            ),
        ],
        not_applicable=[Case(_CONTROLLER)],
        undecided=[Case(_GATEWAY, [_EDGE, _subnet(UNKNOWN), _policy("10.0.0.0/8")])],
    ),
}

test_rules = cases_test(RULES, CASES)
