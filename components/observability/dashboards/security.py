"""The dashboard of security: what was accepted and until when, and what is refused while it runs.

A stack with a finding that nobody accepted is not deployed, so the findings that stand are those that were accepted.
"""

from typing import Final

from components.foundation.well_known import EDGE
from components.observability.accepted import COUNT, ENDS
from components.observability.dashboards.panels import Page, Panel, Query, one

_AT_EDGE: Final = f'envoy_http_conn_manager_prefix="https-10443",namespace="{EDGE}"'

SECURITY: Final = Page(
    name="security",
    title="Slipway: security",
    panels=(
        Panel(
            title="Accepted findings by owner",
            says="Mandatory findings that a waiver holds in this stack. One without a waiver is not deployed.",
            unit="short",
            queries=one(f"sum by (accepted_by) ({COUNT})", "{{accepted_by}}"),
        ),
        Panel(
            title="Rules with the most accepted findings",
            says="Ten of them; reasons and resources: `slipway waivers`.",
            unit="short",
            queries=one(f"topk(10, sum by (rule) ({COUNT}))", "{{rule}}"),
        ),
        Panel(
            title="Days until waivers end",
            says="The ten that end first, by rule. At zero changes of the stack are refused (runbook WaiverEnds).",
            unit="d",
            bad_below=14,
            queries=one(
                f"bottomk(10, (min by (rule, accepted_by) ({ENDS}) - time()) / 86400)",
                "{{rule}} ({{accepted_by}})",
            ),
        ),
        Panel(
            title="Pods that break a namespace's level",
            says="enforce: refused. audit and warn: they run, and would be refused at the next level.",
            unit="short",
            queries=one(
                "sum by (mode, policy_level) "
                '(increase(pod_security_evaluations_total{decision="deny"}[15m]))',
                "{{mode}} {{policy_level}}",
            ),
        ),
        Panel(
            title="Objects that webhooks refuse",
            says="By webhook, of those that answered.",
            unit="short",
            queries=one(
                "sum by (name) (increase(apiserver_admission_webhook_rejection_count"
                '{error_type="no_error"}[15m]))',
                "{{name}}",
            ),
        ),
        Panel(
            title="Refused by the API server",
            says="Without a credential it knows, or without a right to what they ask.",
            unit="reqps",
            queries=(
                Query(
                    expression='sum(rate(authentication_attempts{result=~"failure|error"}[5m]))',
                    legend="not known",
                ),
                Query(
                    expression='sum(rate(authorization_attempts_total{result=~"denied|no-opinion"}[5m]))',
                    legend="not allowed",
                ),
            ),
        ),
        Panel(
            title="Refused by the edge",
            says="Without a token, or not on a model's list.",
            unit="reqps",
            queries=(
                Query(expression=f"sum(rate(envoy_http_jwt_authn_denied{{{_AT_EDGE}}}[5m]))", legend="401"),
                Query(expression=f"sum(rate(envoy_http_rbac_denied{{{_AT_EDGE}}}[5m]))", legend="403"),
            ),
        ),
        Panel(
            title="Refused by the mesh",
            says="Connections that no declared flow allows; the page of the mesh says between whom.",
            unit="short",
            queries=one(
                "sum by (destination_workload_namespace) "
                '(increase(istio_tcp_connections_closed_total{response_flags="DENY"}[5m]))',
                "{{destination_workload_namespace}}",
            ),
        ),
        Panel(
            title="Audit events that are lost",
            says="Anything but zero: the trail of the API server has a gap.",
            unit="short",
            queries=one(
                "sum by (plugin) (increase(apiserver_audit_error_total[15m]))",
                "{{plugin}}",
            ),
        ),
        Panel(
            title="Days until the edge's certificate ends",
            says="As the proxies serve it; the mesh's own stand on its page.",
            unit="d",
            queries=one(
                "(min by (envoy_tls_certificate) "
                "(envoy_listener_ssl_certificate_expiration_unix_time_seconds) - time()) / 86400",
                "{{envoy_tls_certificate}}",
            ),
        ),
    ),
)
