from policies.engine.graph import UNKNOWN
from policies.rules.observability.alerts import PLATFORM, PROMETHEUS_RULE, RELEASE
from tests.policies.cases import Case, RuleCases, cases_test, resource

LABELS = {"severity": "critical", "owner": "support", "plane": "data"}
FIRST = "spec.groups[0].rules[0]"
NO_WORDS = "annotations.summary, annotations.description, annotations.runbook_url, annotations.dashboard"
SAID = {"summary": "s", "description": "d", "runbook_url": "https://example.com/A.md", "dashboard": "/d/a"}


def rules(*listed, name="rules"):
    return resource(
        PROMETHEUS_RULE,
        {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {"name": name},
            "spec": {"groups": [{"name": "g", "rules": list(listed)}]},
        },
        name=name,
    )


def unknown(name):
    return f"{FIRST}.expr: {name} is exported by nothing that facts/metrics knows, and recorded by no rule"


def alert(**changed):
    return rules({"alert": "A", "expr": "up == 0", "labels": LABELS, "annotations": SAID} | changed)


OTHER = [Case(resource("kubernetes:apps/v1:Deployment", {}))]


def release(**config):
    values = {"alertmanager": {"config": config}} if config else {}
    return resource(RELEASE, {"chart": "kube-prometheus-stack", "values": values})


PROD = resource("aws:ec2/vpc:Vpc", {"tagsAll": {"environment": "prod"}}, name="vpc")
DEV = resource("aws:ec2/vpc:Vpc", {"tagsAll": {"environment": "dev"}}, name="vpc")
SENDS = [{"name": "nobody"}, {"name": "oncall", "pagerduty_configs": [{"routing_key_file": "/k"}]}]
NOBODY = (
    "values.alertmanager.config.route.receiver: alerts that no route takes reach nobody; "
    "name a receiver that sends"
)

CASES = {
    "production-alerts-reach-somebody": RuleCases(
        passing=[
            Case(release(route={"receiver": "oncall"}, receivers=SENDS), [PROD]),
            Case(release(), [DEV]),
            Case(resource(RELEASE, {"chart": "keda"}), [PROD]),
        ],
        failing=[
            Case(release(), [PROD], [NOBODY]),
            Case(release(route={"receiver": "nobody"}, receivers=SENDS), [PROD], [NOBODY]),
        ],
        not_applicable=OTHER,
        undecided=[Case(release(route=UNKNOWN, receivers=SENDS), [PROD])],
    ),
    "queries-name-known-labels": RuleCases(
        passing=[
            Case(rules({"alert": "A", "expr": 'sum by (pod) (up{namespace="edge"}) == 0'})),
            Case(rules({"alert": "A", "expr": 'unheard_of{x="y"}'})),
            Case(
                rules({"alert": "A", "expr": 'sum by (z) (a:b{x="y"}) > 1'}),
                [rules({"record": "a:b", "expr": "sum by (z) (up)", "labels": {"x": "y"}}, name="other")],
            ),
            Case(rules({"alert": "A", "expr": 'gen_ai_server_time_to_first_token_seconds_bucket{le="0.1"}'})),
            Case(rules({"alert": "A", "expr": 'vllm:request_success_total{slipway_dev_version="v1"}'})),
        ],
        failing=[
            Case(
                rules({"alert": "A", "expr": 'up{nowhere="edge"} == 0'}),
                findings=[f"{FIRST}.expr: up has no label nowhere"],
            ),
            Case(
                rules({"alert": "A", "expr": "sum by (version) (vllm:request_success_total) > 1"}),
                findings=[f"{FIRST}.expr: vllm:request_success_total has no label version"],
            ),
            Case(
                rules({"alert": "A", "expr": 'a:b{y="1"} > 1'}),
                [rules({"record": "a:b", "expr": "sum by (z) (up)"}, name="other")],
                [f"{FIRST}.expr: a:b has no label y"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(rules({"alert": "A", "expr": UNKNOWN}))],
    ),
    "queries-ask-for-known-series": RuleCases(
        passing=[
            Case(rules({"record": "a:b", "expr": "sum(rate(envoy_cluster_upstream_rq_xx[5m]))"})),
            Case(
                rules({"alert": "A", "expr": "a:b > 1"}),
                [rules({"record": "a:b", "expr": "1"}, name="other")],
            ),
            Case(rules({"alert": "A", "expr": "gen_ai_server_time_to_first_token_seconds_bucket"})),
        ],
        failing=[
            Case(
                rules({"alert": "A", "expr": "sum(envoy_cluster_upstream_rq_5xx) > 1"}),
                findings=[unknown("envoy_cluster_upstream_rq_5xx")],
            ),
            Case(
                rules({"alert": "A", "expr": "gen_ai_server_time_to_first_token_seconds > 1"}),
                findings=[unknown("gen_ai_server_time_to_first_token_seconds")],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(rules({"alert": "A", "expr": UNKNOWN})), Case(rules(UNKNOWN))],
    ),
    "alerts-say-who-acts-and-how": RuleCases(
        passing=[Case(alert()), Case(rules({"record": "a:b", "expr": "1"}))],
        failing=[
            Case(
                alert(labels={"severity": "page"}, annotations={}),
                findings=[
                    f"{FIRST}: alert A does not say labels.owner, labels.plane, {NO_WORDS}",
                    f"{FIRST}.labels.severity: receivers know no such severity; one of critical, warning, info",
                ],
            ),
            Case(
                alert(labels={"severity": "info", "plane": "data"}),
                findings=[f"{FIRST}: alert A does not say labels.owner"],
            ),
        ],
        not_applicable=OTHER,
        undecided=[Case(alert(labels=UNKNOWN)), Case(rules(UNKNOWN))],
    ),
}

test_rules = cases_test(PLATFORM, CASES)
