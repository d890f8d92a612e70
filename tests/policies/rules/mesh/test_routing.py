from policies.engine.graph import UNKNOWN
from policies.rules.mesh.routing import DESTINATIONS, ENTRIES, FILTERS, GATEWAYS, RULES, SIDECARS, TOKENS
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:ConfigMap", {}))]


def destination(tls=None, **spec):
    if tls is not None:
        spec["trafficPolicy"] = {"tls": tls}
    return resource(DESTINATIONS[0], {"kind": "DestinationRule", "spec": {"host": "a", **spec}})


def gateway(protocol, **tls):
    servers = [{"port": {"number": 1, "protocol": protocol}, "tls": tls}]
    return resource(GATEWAYS[1], {"kind": "Gateway", "spec": {"servers": servers}})


def entry(*hosts):
    return resource(ENTRIES[0], {"kind": "ServiceEntry", "spec": {"hosts": list(hosts)}})


def tokens(uri):
    return resource(TOKENS[0], {"kind": "RequestAuthentication", "spec": {"jwtRules": [{"jwksUri": uri}]}})


def sidecar(mode):
    return resource(SIDECARS[0], {"spec": {"outboundTrafficPolicy": {"mode": mode}}})


def patched(operation, inner, outer="envoy.filters.network.http_connection_manager"):
    chain = {"filter": {"name": outer, "subFilter": {"name": inner}}}
    patch = {"match": {"listener": {"filterChain": chain}}, "patch": {"operation": operation}}
    return resource(FILTERS, {"spec": {"configPatches": [patch]}})


CASES = {
    "destinations-are-encrypted": RuleCases(
        passing=[
            Case(destination()),
            Case(destination({"mode": "ISTIO_MUTUAL"})),
            Case(destination({"mode": "SIMPLE", "insecureSkipVerify": False})),
        ],
        failing=[
            Case(
                destination({"mode": "DISABLE"}),
                findings=["spec.trafficPolicy.tls.mode: requests are sent in plain text"],
            ),
            Case(
                destination({"mode": "SIMPLE", "insecureSkipVerify": True}),
                findings=["spec.trafficPolicy.tls.insecureSkipVerify: any certificate is trusted"],
            ),
            Case(
                destination(
                    subsets=[{"trafficPolicy": {"portLevelSettings": [{"tls": {"mode": "DISABLE"}}]}}]
                ),
                findings=[
                    "spec.subsets[0].trafficPolicy.portLevelSettings[0].tls.mode: requests are sent in plain text"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(destination({"mode": UNKNOWN}))],
    ),
    "istio-gateways-encrypt": RuleCases(
        passing=[
            Case(gateway("HTTPS", mode="SIMPLE", credentialName="c")),
            Case(gateway("HTTP", httpsRedirect=True)),
            Case(gateway("HTTPS", mode="SIMPLE", minProtocolVersion="TLSV1_2")),
        ],
        failing=[
            Case(
                gateway("HTTP"),
                findings=["spec.servers[0].port.protocol: listens in plain text (HTTP); HTTPS or TLS"],
            ),
            Case(
                gateway("grpc", httpsRedirect=False),
                findings=["spec.servers[0].port.protocol: listens in plain text (GRPC); HTTPS or TLS"],
            ),
            Case(
                gateway("HTTPS", mode="SIMPLE", cipherSuites=["ECDHE-RSA-AES128-GCM-SHA256", "DES-CBC3-SHA"]),
                findings=["spec.servers[0].tls.cipherSuites[1]: the cipher DES-CBC3-SHA is accepted"],
            ),
            Case(
                gateway("HTTPS", mode="SIMPLE", minProtocolVersion="TLSV1_1"),
                findings=["spec.servers[0].tls.minProtocolVersion: TLSV1_1 is accepted; TLSV1_2 or later"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(gateway(UNKNOWN))],
    ),
    "service-entries-name-their-hosts": RuleCases(
        passing=[Case(entry("api.example.com")), Case(entry("*.example.com", "*.local"))],
        failing=[
            Case(entry("*.com"), findings=["spec.hosts[0]: opens the way to every host (*.com)"]),
            Case(entry("*"), findings=["spec.hosts[0]: opens the way to every host (*)"]),
            Case(
                resource(
                    ENTRIES[0],
                    {"spec": {"hosts": ["a.example.com"], "addresses": ["10.1.2.3", "128.0.0.0/1"]}},
                ),
                findings=["spec.addresses[1]: opens the way to every address (128.0.0.0/1)"],
            ),
            Case(
                entry("api.example.com", "*."), findings=["spec.hosts[1]: opens the way to every host (*.)"]
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(entry(UNKNOWN))],
    ),
    "token-keys-are-fetched-encrypted": RuleCases(
        passing=[Case(tokens("https://login.example.com/keys")), Case(tokens(None))],
        failing=[
            Case(
                tokens(uri),
                findings=["spec.jwtRules[0].jwksUri: the issuer's keys are fetched in plain text; https"],
            )
            for uri in ("http://login.example.com/keys", "HTTP://login.svc/keys")
        ],
        not_applicable=OTHER,
        undecided=[Case(tokens(UNKNOWN))],
    ),
    "sidecars-know-their-ways-out": RuleCases(
        passing=[Case(sidecar("REGISTRY_ONLY")), Case(resource(SIDECARS[0], {"spec": {}}))],
        failing=[
            Case(
                resource(kind, {"spec": {"outboundTrafficPolicy": {"mode": "ALLOW_ANY"}}}),
                findings=[
                    (
                        "spec.outboundTrafficPolicy.mode: what is not in the registry is reached all the "
                        "same; REGISTRY_ONLY"
                    )
                ],
            )
            for kind in SIDECARS[:2]
        ],
        not_applicable=OTHER,
        undecided=[Case(sidecar(UNKNOWN))],
    ),
    "proxies-keep-their-checks": RuleCases(
        passing=[
            Case(patched("INSERT_BEFORE", "envoy.filters.http.jwt_authn")),
            Case(patched("REMOVE", "envoy.filters.http.cors")),
        ],
        failing=[
            Case(
                patched("REMOVE", "envoy.filters.http.rbac"),
                findings=[
                    (
                        "spec.configPatches[0].match.listener.filterChain.filter.subFilter.name: "
                        "envoy.filters.http.rbac is taken out of the proxies"
                    )
                ],
            ),
            Case(
                patched("REPLACE", "", outer="envoy.filters.network.rbac"),
                findings=[
                    (
                        "spec.configPatches[0].match.listener.filterChain.filter.name: "
                        "envoy.filters.network.rbac is taken out of the proxies"
                    )
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(patched(UNKNOWN, "envoy.filters.http.rbac"))],
    ),
}

test_cases = cases_test(RULES, CASES)
