from policies.analysis.gateway.objects import PROXY
from policies.engine.graph import UNKNOWN
from policies.rules.kubernetes.services_and_ingresses import GRANTS, INGRESS, RULES, SERVICE
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:ConfigMap", {}))]
NGINX = "nginx.ingress.kubernetes.io/"
ALB = "alb.ingress.kubernetes.io/"


def service(**spec):
    return resource(SERVICE, {"kind": "Service", "spec": spec})


def ingress(*hosts, tls=None, **notes):
    spec = {"rules": [{"host": host} for host in hosts]}
    if tls is not None:
        spec["tls"] = tls
    annotations = {f"{ALB}{key.replace('_', '-')}": value for key, value in notes.items()}
    return resource(INGRESS[0], {"kind": "Ingress", "metadata": {"annotations": annotations}, "spec": spec})


def nginx(**notes):
    annotations = {f"{NGINX}{key}": value for key, value in notes.items()}
    spec = {"rules": [{"host": "a.example.com"}], "tls": [{"hosts": ["a.example.com"]}]}
    return resource(INGRESS[0], {"kind": "Ingress", "metadata": {"annotations": annotations}, "spec": spec})


def grant(**target):
    spec = {"from": [{"kind": "HTTPRoute", "namespace": "edge"}], "to": [target]}
    return resource(GRANTS[1], {"kind": "ReferenceGrant", "spec": spec})


CASES = {
    "services-stay-behind-a-gateway": RuleCases(
        passing=[Case(service(type="ClusterIP")), Case(service()), Case(service(externalIPs=[]))],
        failing=[
            Case(service(type="NodePort"), findings=["spec.type: opens a port on every node; ClusterIP"]),
            Case(
                resource(
                    PROXY, {"spec": {"provider": {"kubernetes": {"envoyService": {"type": "NodePort"}}}}}
                ),
                findings=[
                    "spec.provider.kubernetes.envoyService.type: opens a port on every node; ClusterIP"
                ],
            ),
            Case(
                service(externalIPs=["203.0.113.7"]),
                findings=[
                    "spec.externalIPs[0]: takes what is sent to 203.0.113.7, whoever that address belongs to"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(service(type=UNKNOWN))],
    ),
    "ingresses-encrypt": RuleCases(
        passing=[
            Case(ingress("a.example.com", tls=[{"hosts": ["a.example.com"]}])),
            Case(ingress("a.example.com", tls=[{"hosts": ["*.example.com"]}])),
            Case(ingress("a.example.com", tls=[{"secretName": "default"}])),
            Case(ingress("a.example.com", certificate_arn="arn:aws:acm:x")),
            Case(ingress("a.example.com", listen_ports='[{"HTTP": 80}, {"HTTPS": 443}]', ssl_redirect="443")),
            Case(ingress("a.example.com", listen_ports='[{"HTTPS": 443}]')),
            Case(
                ingress(
                    "a.example.com",
                    listen_ports='[{"HTTP": 80}, {"HTTPS": 443}]',
                    **{
                        "actions.ssl-redirect": '{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS"}}'
                    },
                )
            ),
        ],
        failing=[
            Case(ingress("a.example.com"), findings=["spec.tls: is not set: it answers in plain text"]),
            Case(
                resource(INGRESS[2], {"kind": "Ingress", "spec": {}}),
                findings=["spec.tls: is not set: it answers in plain text"],
            ),
            Case(
                ingress("a.example.com", "b.example.org", tls=[{"hosts": ["a.example.com"]}]),
                findings=[
                    "spec.rules[1].host: answers for b.example.org in plain text: spec.tls does not name it"
                ],
            ),
            Case(
                ingress(
                    "a.example.com", certificate_arn="arn:aws:acm:x", ssl_policy="ELBSecurityPolicy-2016-08"
                ),
                findings=[
                    (
                        "metadata.annotations[alb.ingress.kubernetes.io/ssl-policy]: "
                        "ELBSecurityPolicy-2016-08 accepts TLS 1.0 or 1.1"
                    )
                ],
            ),
            Case(
                nginx(**{"ssl-redirect": "false"}),
                findings=[
                    "metadata.annotations[nginx.ingress.kubernetes.io/ssl-redirect]: answers in plain text too"
                ],
            ),
            Case(
                ingress("a.example.com", listen_ports='[{"HTTP": 80}]', certificate_arn="arn:aws:acm:x"),
                findings=[
                    (
                        "metadata.annotations[alb.ingress.kubernetes.io/listen-ports]: answers in plain text "
                        "on HTTP, and nothing redirects"
                    )
                ],
            ),
            Case(
                ingress("a.example.com", tls=[{"hosts": ["a.example.com"]}], listen_ports='[{"HTTP": 80}]'),
                findings=[
                    (
                        "metadata.annotations[alb.ingress.kubernetes.io/listen-ports]: answers in plain text "
                        "on HTTP, and nothing redirects"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(ingress("a.example.com", listen_ports="80")), Case(ingress(tls=UNKNOWN))],
    ),
    "ingresses-bring-no-configuration": RuleCases(
        passing=[Case(nginx()), Case(nginx(**{"proxy-body-size": "8m"}))],
        failing=[
            Case(
                nginx(**{name: "proxy_pass http://x;"}),
                findings=[f"metadata.annotations[{NGINX}{name}]: is written into the proxy"],
            )
            for name in ("configuration-snippet", "server-snippet")
        ],
        not_applicable=OTHER,
        undecided=[Case(resource(INGRESS[0], {"metadata": {"annotations": UNKNOWN}}))],
    ),
    "reference-grants-name-their-secret": RuleCases(
        passing=[Case(grant(kind="Secret", name="tls")), Case(grant(kind="Service"))],
        failing=[
            Case(
                grant(kind="Secret"),
                findings=[
                    "spec.to[0].name: routes and gateways of edge may use every Secret of this namespace"
                ],
            ),
            Case(
                grant(kind="Secret", name=""),
                findings=[
                    "spec.to[0].name: routes and gateways of edge may use every Secret of this namespace"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(grant(kind=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
