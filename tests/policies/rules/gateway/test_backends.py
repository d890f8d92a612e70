from policies.analysis.gateway.objects import CLIENT_POLICY, SECURITY_POLICY
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.backends import BACKEND, BACKEND_TLS, EXTENSIONS, RULES, TOOL_ROUTES
from tests.policies.cases import Case, RuleCases, cases_test, resource

OTHER = [Case(resource("kubernetes:core/v1:Service", {}))]
META = {"name": "x", "namespace": "edge"}
OAUTH = {"oauth": {"issuer": "https://login.example.com"}}
JWT = {"providers": [{"name": "people"}]}


def made(type_, name="x", **spec):
    return resource(type_, {"metadata": {**META, "name": name}, "spec": spec}, name)


def tools(**policy):
    return made(TOOL_ROUTES[0], parentRefs=[{"name": "edge"}], securityPolicy=policy)


def above(**spec):
    return made(SECURITY_POLICY, "above", targetRefs=[{"kind": "Gateway", "name": "edge"}], **spec)


CASES = {
    "backends-are-verified": RuleCases(
        passing=[
            Case(made(BACKEND, endpoints=[])),
            Case(made(BACKEND, tls={"wellKnownCACertificates": "System"})),
            Case(made(BACKEND_TLS[0], validation={"caCertificateRefs": [{"name": "ca"}]})),
            Case(made(BACKEND_TLS[3], tls={"wellKnownCACerts": "System"})),
        ],
        failing=[
            Case(
                made(BACKEND, tls={"insecureSkipVerify": True}),
                findings=["spec.tls.insecureSkipVerify: whoever answers for the backend is believed"],
            ),
            Case(
                made(BACKEND_TLS[2], validation={"hostname": "a.example.com"}),
                findings=["spec.validation: names no authority whose certificates count"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(made(BACKEND, tls=UNKNOWN))],
    ),
    "auth-does-not-fail-open": RuleCases(
        passing=[
            Case(made(SECURITY_POLICY, extAuth={"http": {}, "failOpen": False})),
            Case(made(SECURITY_POLICY, jwt=JWT)),
            Case(
                made(SECURITY_POLICY, jwt={**JWT, "optional": True}, authorization={"defaultAction": "Deny"})
            ),
            Case(made(SECURITY_POLICY, jwt={**JWT, "optional": True}, apiKeyAuth={"credentialRefs": [{}]})),
            Case(made(SECURITY_POLICY, jwt={**JWT, "optional": True}), [above(jwt=JWT)]),
            Case(made(EXTENSIONS, extProc=[{"backendRefs": []}])),
            Case(made(CLIENT_POLICY, tls={"clientValidation": {"caCertificateRefs": [{}]}})),
        ],
        failing=[
            Case(
                made(SECURITY_POLICY, extAuth={"http": {}, "failOpen": True}),
                findings=[
                    "spec.extAuth.failOpen: everybody is let in while the service that decides is down"
                ],
            ),
            Case(
                made(SECURITY_POLICY, jwt={**JWT, "optional": True}),
                findings=["spec.jwt.optional: requests without a token come in too"],
            ),
            Case(
                made(
                    SECURITY_POLICY, jwt={**JWT, "optional": True}, authorization={"defaultAction": "Allow"}
                ),
                findings=["spec.jwt.optional: requests without a token come in too"],
            ),
            Case(
                made(EXTENSIONS, extProc=[{}, {"failOpen": True}]),
                findings=["spec.extProc[1].failOpen: what it could not look at is let through"],
            ),
            Case(
                made(CLIENT_POLICY, tls={"clientValidation": {"optional": True}}),
                findings=["spec.tls.clientValidation.optional: callers without a certificate come in too"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(made(SECURITY_POLICY, extAuth=UNKNOWN))],
    ),
    "filters-are-what-was-reviewed": RuleCases(
        passing=[
            Case(made(EXTENSIONS, wasm=[{"code": {"http": {"url": "https://w/f.wasm", "sha256": "ab"}}}])),
            Case(made(EXTENSIONS, wasm=[{"code": {"image": {"url": "registry/f:v1"}}}])),
        ],
        failing=[
            Case(
                made(EXTENSIONS, wasm=[{"code": {"http": {"url": "https://w/f.wasm"}}}]),
                findings=[
                    "spec.wasm[0].code.http.sha256: is not set: https://w/f.wasm is whatever the server sends"
                ],
            ),
            Case(
                made(EXTENSIONS, wasm=[{"code": {"http": {"url": "http://w/f.wasm", "sha256": "ab"}}}]),
                findings=["spec.wasm[0].code.http.url: http://w/f.wasm is fetched in plain text"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(made(EXTENSIONS, wasm=UNKNOWN))],
    ),
    "tool-routes-ask-who-calls": RuleCases(
        passing=[
            Case(tools(**OAUTH)),
            Case(tools(apiKeyAuth={"credentialRefs": []})),
            Case(tools(), [above(jwt=JWT)]),
            Case(tools(**OAUTH, authorization={"rules": [{"target": {"tools": [{"tool": "read"}]}}]})),
            Case(tools(**OAUTH, authorization={"defaultAction": "Allow", "rules": [{"action": "Deny"}]})),
        ],
        failing=[
            Case(tools(), findings=["spec.securityPolicy: nothing asks who calls the tools behind it"]),
            Case(
                tools(),
                [above(cors={"allowOrigins": []})],
                ["spec.securityPolicy: nothing asks who calls the tools behind it"],
            ),
            Case(
                tools(**OAUTH, authorization={"defaultAction": "Allow"}),
                findings=[
                    (
                        "spec.securityPolicy.authorization.defaultAction: everybody may use every tool: no "
                        "rule refuses anybody; Deny"
                    )
                ],
            ),
            Case(
                tools(**OAUTH, authorization={"rules": [{"action": "Allow"}]}),
                findings=[
                    "spec.securityPolicy.authorization.rules[0]: everybody may use every tool: the rule names neither"
                ],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(made(TOOL_ROUTES[1], securityPolicy=UNKNOWN))],
    ),
}

test_cases = cases_test(RULES, CASES)
