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


def writes(url=None, signed=None, chart="kube-prometheus-stack"):
    """The values of the chart, as a release has them."""
    remote = {"url": url or MANAGED, **({"sigv4": signed} if signed is not None else {})}
    values = {"prometheus": {"prometheusSpec": {"remoteWrite": [remote]}}}
    return resource(RELEASE, {"chart": chart, "namespace": "observability", "values": values})


def exports(**exporters):
    values = {"config": {"exporters": exporters}}
    return resource(
        RELEASE, {"chart": "opentelemetry-collector", "namespace": "observability", "values": values}
    )


RELEASE = "kubernetes:helm.sh/v3:Release"
WRITE = "values.prometheus.prometheusSpec.remoteWrite[0]"
MANAGED = "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write"
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
            Case(
                exports(prometheus={"endpoint": "${env:MY_POD_IP}:8889"}, awsxray={"region": "eu-central-1"})
            ),
            Case(exports(otlp={"endpoint": "otel-collector.observability.svc:4317", **INSECURE})),
            Case(writes()),
            Case(writes("http://mimir.example.com/push", chart="grafana")),
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
                exports(otlphttp={"endpoint": "http://otlp.example.com:4318"}),
                findings=[
                    "values.config.exporters.otlphttp.endpoint: sends to otlp.example.com in plain text; https"
                ],
            ),
            Case(
                writes("http://mimir.example.com/push"),
                findings=[f"{WRITE}.url: sends to mimir.example.com in plain text; https"],
            ),
            Case(
                prometheus("http://8.8.8.8/push"),
                findings=["spec.remoteWrite[0].url: sends to 8.8.8.8 in plain text; https"],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:apps/v1:Deployment", {}))],
        undecided=[Case(collector(otlp={"endpoint": UNKNOWN})), Case(prometheus(UNKNOWN))],
    ),
    "writes-to-managed-prometheus-are-signed": RuleCases(
        passing=[
            Case(writes(signed={"region": "eu-central-1"})),
            Case(writes("https://mimir.example.com/push")),
            Case(prometheus("https://mimir.example.com/push")),
        ],
        failing=[
            Case(writes(), findings=[f"{WRITE}.sigv4: is not set: AWS refuses a write that is not signed"]),
            Case(
                prometheus(MANAGED),
                findings=["spec.remoteWrite[0].sigv4: is not set: AWS refuses a write that is not signed"],
            ),
            Case(
                writes(signed={"region": "us-east-1", "accessKey": {"name": "aws", "key": "id"}}),
                findings=[
                    f"{WRITE}.sigv4.accessKey: is a lasting credential; left out: the pod's own role signs",
                    f"{WRITE}.sigv4.region: signs for another region than the workspace's; eu-central-1",
                ],
            ),
        ],
        not_applicable=[Case(resource("kubernetes:apps/v1:Deployment", {}))],
        undecided=[Case(writes(UNKNOWN))],
    ),
}
test_rules = cases_test(RULES, CASES)
