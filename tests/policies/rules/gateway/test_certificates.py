from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.gateway.certificates import CERTIFICATE, CLUSTER_ISSUER, ISSUER, RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource


def certificate(**spec: object) -> Resource:
    return resource(CERTIFICATE, {"metadata": {"name": "x", "namespace": "edge"}, "spec": spec})


def issuer(spec: object, type_: str = CLUSTER_ISSUER, namespace: str = "edge", name: str = "own") -> Resource:
    return resource(type_, {"metadata": {"name": name, "namespace": namespace}, "spec": spec}, name)


def chart(crds: object, name: str = "cert-manager") -> Resource:
    return resource(RELEASE, {"chart": name, "values": {"crds": crds}})


SELF = issuer({"selfSigned": {}})
NAMESPACED = issuer({"selfSigned": {}}, ISSUER)
FROM_CLUSTER = {"kind": "ClusterIssuer", "name": "own"}
OTHER = resource("kubernetes:core/v1:Secret", {})

CASES = {
    "leaf-certificates-come-from-an-authority": RuleCases(
        passing=[
            Case(certificate(issuerRef=FROM_CLUSTER), [issuer({"ca": {"secretName": "ca"}})]),
            Case(certificate(issuerRef=FROM_CLUSTER, isCA=True), [SELF]),
            Case(
                certificate(issuerRef={"name": "own"}),
                [SELF, issuer({"selfSigned": {}}, ISSUER, "elsewhere", "own2")],
            ),
            Case(certificate(issuerRef={"name": "elsewhere"})),
        ],
        failing=[
            Case(
                certificate(issuerRef=FROM_CLUSTER),
                [SELF],
                ["spec.issuerRef.name: the certificate signs itself through own"],
            ),
            Case(
                certificate(issuerRef={"name": "own"}),
                [NAMESPACED],
                ["spec.issuerRef.name: the certificate signs itself through own"],
            ),
            Case(
                certificate(issuerRef=FROM_CLUSTER, isCA=False),
                [SELF],
                ["spec.issuerRef.name: the certificate signs itself through own"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(certificate(issuerRef=UNKNOWN), [SELF])],
    ),
    "certificate-keys-are-strong": RuleCases(
        passing=[
            Case(certificate()),
            Case(certificate(privateKey={"algorithm": "ECDSA", "size": 256})),
            Case(certificate(privateKey={"algorithm": "Ed25519"})),
        ],
        failing=[
            Case(
                certificate(privateKey={"size": 1024}),
                findings=["spec.privateKey.size: a key of 1024 bits (RSA); at least 2048"],
            ),
            Case(
                certificate(privateKey={"algorithm": "ECDSA", "size": 224}),
                findings=["spec.privateKey.size: a key of 224 bits (ECDSA); at least 256"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(certificate(privateKey={"size": UNKNOWN}))],
    ),
    "certificate-keys-rotate": RuleCases(
        passing=[Case(certificate()), Case(certificate(privateKey={"rotationPolicy": "Always"}))],
        failing=[
            Case(
                certificate(privateKey={"rotationPolicy": "Never"}),
                findings=["spec.privateKey.rotationPolicy: the private key is kept for ever; Always"],
            ),
            Case(
                certificate(isCA=True, privateKey={"algorithm": "ECDSA", "rotationPolicy": "Never"}),
                findings=["spec.privateKey.rotationPolicy: the private key is kept for ever; Always"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(certificate(privateKey=UNKNOWN))],
    ),
    "certificates-are-short-lived": RuleCases(
        passing=[
            Case(certificate()),
            Case(certificate(duration="2160h0m0s")),
            Case(certificate(duration="87600h", isCA=True)),
        ],
        failing=[
            Case(certificate(duration="9553h"), findings=["spec.duration: 398 days; at most 398"]),
            Case(certificate(duration="87600h"), findings=["spec.duration: 3650 days; at most 398"]),
            Case(
                certificate(duration="175200h", isCA=True),
                findings=["spec.duration: 7300 days; at most 3652"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(certificate(duration="90 days")), Case(certificate(duration=UNKNOWN))],
    ),
    "issuers-verify-their-server": RuleCases(
        passing=[Case(issuer({"acme": {"server": "https://acme.example/directory"}})), Case(SELF)],
        failing=[
            Case(
                issuer({"acme": {"server": "https://acme.example", "skipTLSVerify": True}}),
                findings=["spec.acme.skipTLSVerify: whoever answers may sign"],
            ),
            Case(
                issuer({"vault": {"server": "http://vault.example"}}, ISSUER),
                findings=["spec.vault.server: no TLS: whoever answers may sign"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(issuer({"acme": UNKNOWN}))],
    ),
    "certificate-definitions-outlive-their-release": RuleCases(
        passing=[Case(chart({"enabled": True})), Case(chart({"keep": False})), Case(chart(None))],
        failing=[
            Case(
                chart({"enabled": True, "keep": False}),
                findings=[
                    "values.crds.keep: uninstalling deletes every certificate in the cluster; must be true"
                ],
            ),
            Case(
                chart({"enabled": True, "keep": False}, "oci://charts.example/cert-manager"),
                findings=[
                    "values.crds.keep: uninstalling deletes every certificate in the cluster; must be true"
                ],
            ),
        ],
        not_applicable=[Case(chart({"enabled": True, "keep": False}, "trust-manager"))],
        undecided=[Case(chart(UNKNOWN))],
    ),
}


test_cases = cases_test(RULES, CASES)
