from policies.engine.graph import UNKNOWN
from policies.rules.observability.telemetry_export import RULES
from tests.policies.cases import Case, RuleCases, cases_test, resource


def collector(**exporters):
    return resource(
        "kubernetes:opentelemetry.io/v1beta1:OpenTelemetryCollector",
        {"kind": "OpenTelemetryCollector", "spec": {"config": {"exporters": exporters}}},
    )


def prometheus(url):
    return resource(
        "kubernetes:monitoring.coreos.com/v1:Prometheus",
        {"kind": "Prometheus", "spec": {"remoteWrite": [{"url": url}]}},
    )


INSECURE = {"tls": {"insecure": True}}

CASES = {
    "telemetry-leaves-encrypted": RuleCases(
        passing=[
            Case(collector(otlphttp={"endpoint": "https://otlp.example.com"}, debug=None)),
            Case(collector(otlp={"endpoint": "tempo.tracing.svc:4317", **INSECURE})),
            Case(collector(otlp={"endpoint": "otlp.example.com:4317"})),
            Case(collector(otlphttp={"endpoint": "http://${env:HOST}:4318"})),
            Case(collector(otlphttp={"endpoint": "http://10.0.0.7:4318"})),
            Case(collector(otlphttp={"endpoint": "http://collector.corp.internal"})),
            Case(collector(otlphttp={"endpoint": "http://[broken"})),
            Case(prometheus("http://mimir.monitoring.svc.cluster.local/api/v1/push")),
        ],
        failing=[
            Case(
                collector(otlphttp={"traces_endpoint": "http://otlp.example.com:4318/v1/traces"}),
                findings=[
                    "spec.config.exporters.otlphttp.traces_endpoint: sends to otlp.example.com in plain text; https"
                ],
            ),
            Case(
                collector(otlp={"endpoint": "otlp.example.com:4317", **INSECURE}),
                findings=[
                    "spec.config.exporters.otlp.endpoint: sends to otlp.example.com in plain text; https"
                ],
            ),
            Case(
                prometheus("http://8.8.8.8/push"),
                findings=["spec.remoteWrite[0].url: sends to 8.8.8.8 in plain text; https"],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:apps/v1:Deployment", {}))],
        undecided=[Case(collector(otlp={"endpoint": UNKNOWN})), Case(prometheus(UNKNOWN))],
    ),
}
test_rules = cases_test(RULES, CASES)
