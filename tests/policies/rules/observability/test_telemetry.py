"""The rules of ``policies/rules/observability/telemetry.py``, by tables."""

from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN, Resource
from policies.rules.observability.telemetry import (
    COLLECTORS,
    LOG_GROUP,
    PLATFORM,
    POD_MONITOR,
    RULES,
    SERVICE_MONITOR,
)
from tests.policies.cases import Case, RuleCases, cases_test, resource


def chart(name: str, values: object) -> Resource:
    return resource(RELEASE, {"chart": name, "values": values})


def services(*endpoints: object) -> Resource:
    return resource(SERVICE_MONITOR, {"spec": {"endpoints": list(endpoints)}})


def pods(*endpoints: object) -> Resource:
    return resource(POD_MONITOR, {"spec": {"podMetricsEndpoints": list(endpoints)}})


STACK = "kube-prometheus-stack"
OTHER = chart("keda", {"grafana": {"adminPassword": "prom-operator"}})
NOT_OURS = resource("aws:s3/bucket:Bucket", {})

CASES: dict[str, RuleCases] = {
    "log-groups-use-cmk": RuleCases(
        passing=[
            Case(resource(LOG_GROUP, {"kmsKeyId": "arn:aws:kms:eu-central-1:111122223333:key/1"})),
            Case(
                resource(
                    LOG_GROUP,
                    {"kmsKeyId": UNKNOWN},
                    property_dependencies={"kmsKeyId": frozenset({"urn:key"})},
                )
            ),
        ],
        failing=[
            Case(
                resource(LOG_GROUP, {"retentionInDays": 30}),
                findings=["kmsKeyId: is not set: whoever may read logs reads these"],
            ),
            Case(
                resource(LOG_GROUP, {"kmsKeyId": ""}),
                findings=["kmsKeyId: is not set: whoever may read logs reads these"],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(resource(LOG_GROUP, {"kmsKeyId": UNKNOWN}))],
    ),
    "monitors-verify-their-target": RuleCases(
        passing=[
            Case(resource(COLLECTORS[2], {"spec": {"remoteWrite": [{"url": "https://x", "tlsConfig": {}}]}})),
            Case(services({"port": "metrics"})),
            Case(pods({"port": "https", "tlsConfig": {"insecureSkipVerify": False}})),
        ],
        failing=[
            Case(
                resource(
                    COLLECTORS[2], {"spec": {"remoteWrite": [{"tlsConfig": {"insecureSkipVerify": True}}]}}
                ),
                findings=[
                    "spec.remoteWrite[0].tlsConfig.insecureSkipVerify: whoever answers is believed; must be false"
                ],
            ),
            Case(
                services({"port": "https", "tlsConfig": {"insecureSkipVerify": True}}),
                findings=[
                    "spec.endpoints[0].tlsConfig.insecureSkipVerify: whoever answers is believed; must be false"
                ],
            ),
            Case(
                pods({"port": "a"}, {"portNumber": 8443, "tlsConfig": {"insecureSkipVerify": True}}),
                findings=[
                    (
                        "spec.podMetricsEndpoints[1].tlsConfig.insecureSkipVerify: whoever answers is "
                        "believed; must be false"
                    )
                ],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(services({"port": "https", "tlsConfig": UNKNOWN}))],
    ),
    "monitors-send-no-token-of-prometheus": RuleCases(
        passing=[
            Case(services({"port": "metrics", "authorization": {"credentials": {"name": "s", "key": "t"}}}))
        ],
        failing=[
            Case(
                services({"port": "https", "bearerTokenFile": "/var/run/secrets/token"}),
                findings=["spec.endpoints[0].bearerTokenFile: a file of Prometheus's own is sent"],
            ),
            Case(
                services({"targetPort": 9, "authorization": {"credentialsFile": "/t"}}),
                findings=[
                    "spec.endpoints[0].authorization.credentialsFile: a file of Prometheus's own is sent"
                ],
            ),
        ],
        not_applicable=[Case(NOT_OURS)],
        undecided=[Case(services({"port": "https", "bearerTokenFile": UNKNOWN}))],
    ),
    "grafana-has-a-password-of-its-own": RuleCases(
        passing=[
            Case(chart(STACK, {"grafana": {"enabled": False}})),
            Case(chart("grafana", {"admin": {"existingSecret": "grafana"}})),
        ],
        failing=[
            Case(
                chart(STACK, {}),
                findings=[
                    "values.grafana.admin.existingSecret: is not set, and the chart's own password is published"
                ],
            ),
            Case(
                chart("oci://example.com/grafana", {"adminPassword": "admin"}),
                findings=["values.adminPassword: is a published one"],
            ),
            Case(
                chart(STACK, {"grafana": {"adminPassword": "s3cret"}}),
                findings=["values.grafana.adminPassword: stands in plain text in the values"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(chart(STACK, {"grafana": UNKNOWN}))],
    ),
    "grafana-knows-its-readers": RuleCases(
        passing=[
            Case(chart(STACK, {})),
            Case(chart("grafana", {"grafana.ini": {"auth.anonymous": {"enabled": False}}})),
        ],
        failing=[
            Case(
                chart(STACK, {"grafana": {"grafana.ini": {"auth.anonymous": {"enabled": True}}}}),
                findings=["values.grafana[grafana.ini][auth.anonymous].enabled: Grafana lets anybody in"],
            ),
            Case(
                chart("grafana", {"grafana.ini": {"auth.anonymous": {"enabled": "true"}}}),
                findings=["values[grafana.ini][auth.anonymous].enabled: Grafana lets anybody in"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(chart("grafana", {"grafana.ini": UNKNOWN}))],
    ),
    "gpu-exporter-reaches-gpu-nodes": RuleCases(
        passing=[
            Case(chart("dcgm-exporter", {"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}]})),
            Case(chart("dcgm-exporter", {"tolerations": [{"operator": "Exists"}]})),
        ],
        failing=[
            Case(
                chart("dcgm-exporter", {}),
                findings=["values.tolerations: no GPU is watched; the taint nvidia.com/gpu is tolerated"],
            ),
            Case(
                chart("dcgm-exporter", {"tolerations": [{"key": "spot", "operator": "Exists"}]}),
                findings=["values.tolerations: no GPU is watched; the taint nvidia.com/gpu is tolerated"],
            ),
        ],
        not_applicable=[Case(OTHER)],
        undecided=[Case(chart("dcgm-exporter", {"tolerations": UNKNOWN}))],
    ),
}

test_cases = cases_test((*RULES, *PLATFORM), CASES)
