"""The dashboard of what keeps the platform as declared: API server, controllers, collectors, the loops' engine."""

from typing import Final

from components.foundation.well_known import MODELS
from components.observability.dashboards.panels import Page, Panel, Query, one

CONTROL_PLANE: Final = Page(
    name="control-plane",
    title="Slipway: control plane",
    panels=(
        Panel(
            title="API server: refused and failed requests",
            says="429 are told to wait, 5xx failed. EKS runs the server; a flood is mostly a controller of ours.",
            unit="reqps",
            queries=one(
                'sum by (code) (rate(apiserver_request_total{code=~"429|5.."}[5m]))',
                "{{code}}",
            ),
        ),
        Panel(
            title="API server: requests being answered",
            says="Writes and reads that have begun.",
            unit="short",
            queries=one(
                "sum by (request_kind) (apiserver_current_inflight_requests)",
                "{{request_kind}}",
            ),
        ),
        Panel(
            title="API server: size of its database",
            says="EKS takes no more writes at its limit.",
            unit="bytes",
            queries=one(
                "max by (storage_cluster_id) (apiserver_storage_size_bytes)",
                "{{storage_cluster_id}}",
            ),
        ),
        Panel(
            title="Admission webhooks: time (p99)",
            says="Each write waits for those that ask about it.",
            unit="s",
            queries=one(
                "histogram_quantile(0.99, sum by (name, le) "
                "(rate(apiserver_admission_webhook_admission_duration_seconds_bucket[5m])))",
                "{{name}}",
            ),
        ),
        Panel(
            title="Admission webhooks that do not answer",
            says="What they ask about is not written, or let through where they may fail.",
            unit="short",
            queries=(
                Query(
                    expression=(
                        "sum by (name) (increase(apiserver_admission_webhook_rejection_count"
                        '{error_type!="no_error"}[15m]))'
                    ),
                    legend="{{name}}",
                ),
                Query(
                    expression="sum by (name) (increase(apiserver_admission_webhook_fail_open_count[15m]))",
                    legend="{{name}} (let through)",
                ),
            ),
        ),
        Panel(
            title="Controllers that are not all there",
            says="Replicas of Deployments that miss, without the models' own.",
            unit="short",
            queries=one(
                f'sum by (namespace) (kube_deployment_status_replicas_unavailable{{namespace!="{MODELS}"}})',
                "{{namespace}}",
            ),
        ),
        Panel(
            title="Karpenter: calls to AWS that fail",
            says="By what it wanted to do.",
            unit="short",
            queries=one(
                "sum by (method, error) (increase(karpenter_cloudprovider_errors_total[15m]))",
                "{{method}} {{error}}",
            ),
        ),
        Panel(
            title="Karpenter: time to plan machines (p99)",
            says="From pods that wait to what machines they get.",
            unit="s",
            queries=one(
                "histogram_quantile(0.99, sum by (controller, le) "
                "(rate(karpenter_scheduler_scheduling_duration_seconds_bucket[5m])))",
                "{{controller}}",
            ),
        ),
        Panel(
            title="KEDA: objects it cannot scale",
            says="Their models stay at the replicas they have.",
            unit="short",
            queries=one(
                "sum by (scaledObject) (increase(keda_scaled_object_errors_total[15m]))",
                "{{scaledObject}}",
            ),
        ),
        Panel(
            title="cert-manager: days until certificates end",
            says="Renewed long before; a line that falls to zero was not.",
            unit="d",
            queries=one(
                "(min by (exported_namespace, name) (certmanager_certificate_expiration_timestamp_seconds) - time())"
                " / 86400",
                "{{exported_namespace}}/{{name}}",
            ),
        ),
        Panel(
            title="Envoy Gateway: updates that fail",
            says="Of routes and gateways; what they say is not in force.",
            unit="short",
            queries=one(
                'sum by (runner) (increase(watchable_subscribe_total{status="failure"}[15m]))',
                "{{runner}}",
            ),
        ),
        Panel(
            title="Collectors: what is sent and lost",
            says="Log lines a second. Lost is for good.",
            unit="short",
            queries=(
                Query(expression="sum(rate(otelcol_exporter_sent_log_records[5m]))", legend="sent"),
                Query(expression="sum(rate(otelcol_exporter_send_failed_log_records[5m]))", legend="lost"),
                Query(expression="sum(rate(otelcol_receiver_refused_log_records[5m]))", legend="refused"),
            ),
        ),
        Panel(
            title="Prometheus and Alertmanager",
            says="Rules that could not be evaluated, and messages to people that were not sent.",
            unit="short",
            queries=(
                Query(
                    expression="sum(increase(prometheus_rule_evaluation_failures_total[15m]))", legend="rules"
                ),
                Query(
                    expression="sum by (integration) (increase(alertmanager_notifications_failed_total[15m]))",
                    legend="messages: {{integration}}",
                ),
            ),
        ),
        Panel(
            title="Loops: work without a worker, runs that failed",
            says="Only where the stack has loops.",
            unit="short",
            queries=(
                Query(
                    expression="sum by (taskqueue) (increase(no_poller_tasks[10m]))",
                    legend="no worker: {{taskqueue}}",
                ),
                Query(
                    expression="sum by (exported_namespace) (increase(workflow_failed[1h]))",
                    legend="failed: {{exported_namespace}}",
                ),
            ),
        ),
    ),
)
