from policies.engine.graph import UNKNOWN
from policies.rules.credentials.in_headers import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource

KEY = "0f9a8b7c6d5e4f3a2b1c0d9e"


def collector(**headers):
    exporters = {"otlphttp": {"endpoint": "https://otlp.example.com", "headers": headers}}
    return resource(
        "kubernetes:opentelemetry.io/v1beta1:OpenTelemetryCollector",
        {"kind": "OpenTelemetryCollector", "spec": {"config": {"exporters": exporters}}},
    )


def route(**rule):
    return resource(
        "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", {"kind": "HTTPRoute", "spec": {"rules": [rule]}}
    )


def setting(name, value):
    return route(filters=[{"requestHeaderModifier": {"set": [{"name": name, "value": value}]}}])


CASES = {
    "headers-hold-no-credentials": RuleCases(
        passing=[
            Case(collector(**{"api-key": "${env:OTLP_KEY}", "x-scope-orgid": "team-a"})),
            Case(collector(authorization="Bearer ${env:OTLP_TOKEN}")),
            Case(setting("x-user", "%REQ(x-claim)%")),
            Case(setting("x-model-version", KEY)),
            Case(route(matches=[{"headers": [{"name": "x-api-key", "value": KEY}]}])),
        ],
        failing=[
            Case(
                collector(**{"api-key": KEY}),
                findings=["spec.config.exporters.otlphttp.headers.api-key: sends a credential in api-key"],
            ),
            Case(
                collector(Authorization=f"Basic {KEY}"),
                findings=[
                    "spec.config.exporters.otlphttp.headers.Authorization: sends a credential in Authorization"
                ],
            ),
            Case(
                setting("x-api-key", KEY),
                findings=[
                    "spec.rules[0].filters[0].requestHeaderModifier.set[0].value: sends a credential in x-api-key"
                ],
            ),
        ],
        not_applicable=[Case(resource("aws:s3/bucket:Bucket", {}))],
        undecided=[Case(collector(**{"api-key": UNKNOWN}))],
    ),
}
test_rules = cases_test(RULES, CASES)
