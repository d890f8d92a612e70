from policies.istio_routing import DESTINATIONS, ENTRIES, GATEWAYS, RULES, TOKENS
from policies.record import UNKNOWN
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


CASES = {
    "destinations-are-encrypted": RuleCases(
        passing=[
            Case(destination()),
            Case(destination({"mode": "ISTIO_MUTUAL"})),
            Case(destination({"mode": "SIMPLE", "insecureSkipVerify": False})),
        ],
        failing=[
            Case(destination({"mode": "DISABLE"}), findings=["trafficPolicy.tls sends in plain text"]),
            Case(
                destination({"mode": "SIMPLE", "insecureSkipVerify": True}),
                findings=["trafficPolicy.tls trusts any certificate"],
            ),
            Case(
                destination(
                    subsets=[{"trafficPolicy": {"portLevelSettings": [{"tls": {"mode": "DISABLE"}}]}}]
                ),
                findings=["subsets.0.trafficPolicy.portLevelSettings.0.tls sends in plain text"],
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
            Case(gateway("HTTP"), findings=["server 0 listens in plain text (HTTP)"]),
            Case(gateway("grpc", httpsRedirect=False), findings=["server 0 listens in plain text (GRPC)"]),
            Case(
                gateway("HTTPS", mode="SIMPLE", minProtocolVersion="TLSV1_1"),
                findings=["server 0 accepts TLSV1_1"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(gateway(UNKNOWN))],
    ),
    "service-entries-name-their-hosts": RuleCases(
        passing=[Case(entry("api.example.com")), Case(entry("*.example.com"))],
        failing=[
            Case(entry("*"), findings=["opens the way to every host (*)"]),
            Case(entry("api.example.com", "*."), findings=["opens the way to every host (*.)"]),
        ],
        not_applicable=OTHER,
        undecided=[Case(entry(UNKNOWN))],
    ),
    "token-keys-are-fetched-encrypted": RuleCases(
        passing=[Case(tokens("https://login.example.com/keys")), Case(tokens(None))],
        failing=[
            Case(tokens(uri), findings=["rule 0 fetches the issuer's keys in plain text"])
            for uri in ("http://login.example.com/keys", "http://login.svc/keys")
        ],
        not_applicable=OTHER,
        undecided=[Case(tokens(UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
