"""The rules of ``policies/rules/gateway/ai_processors.py``, by tables."""

from policies.analysis.gateway.objects import AI_ROUTES, GATEWAY
from policies.analysis.kubernetes.charts import RELEASE
from policies.engine.graph import UNKNOWN
from policies.rules.gateway.ai_processors import PLATFORM
from tests.policies.cases import Case, RuleCases, cases_test, resource
from tests.policies.gateway_examples import ENVOY, NOT_OURS

NOTE = "aigateway.envoyproxy.io/gateway-config"
ROUTE = resource(
    AI_ROUTES[0],
    {"metadata": {"name": "chat", "namespace": "edge"}, "spec": {"parentRefs": [{"name": "edge"}]}},
)


def gateway(note="edge", cls="envoy"):
    metadata = {"name": "edge", "namespace": "edge", "annotations": {NOTE: note} if note else {}}
    return resource(GATEWAY, {"metadata": metadata, "spec": {"gatewayClassName": cls}}, "gateway")


def config(requests):
    spec = {"extProc": {"kubernetes": {"resources": {"requests": requests}}}}
    type_ = "kubernetes:aigateway.envoyproxy.io/v1beta1:GatewayConfig"
    return resource(type_, {"metadata": {"name": "edge", "namespace": "edge"}, "spec": spec}, "config")


def chart(webhook):
    values = {"controller": {"mutatingWebhook": webhook}}
    return resource(RELEASE, {"chart": "oci://docker.io/envoyproxy/ai-gateway-helm", "values": values})


WHERE = f"metadata.annotations[{NOTE}] of Gateway edge"
REQUESTS = "spec.extProc.kubernetes.resources.requests"
ALL = (
    "values.controller.mutatingWebhook.objectSelector: while the webhook is away, no pod that Envoy Gateway "
    "manages is admitted, the rate-limit service among them; the label "
    "gateway.envoyproxy.io/owning-gateway-name, or a namespaceSelector"
)
FULL = {"cpu": "250m", "memory": "256Mi"}

test_cases = cases_test(
    PLATFORM,
    {
        "edge-processors-have-requests": RuleCases(
            passing=[
                Case(ROUTE, [ENVOY, gateway(), config(FULL)]),
                Case(ROUTE, [ENVOY, gateway()]),
                Case(ROUTE, [gateway(note="", cls="other")]),
                Case(ROUTE),
            ],
            failing=[
                Case(
                    ROUTE,
                    [ENVOY, gateway(note="")],
                    [
                        (
                            "spec.parentRefs: Gateway edge names no GatewayConfig "
                            "(aigateway.envoyproxy.io/gateway-config); one with "
                            "spec.extProc.kubernetes.resources.requests"
                        )
                    ],
                ),
                Case(
                    ROUTE,
                    [ENVOY, gateway(), config({"cpu": "1"})],
                    [
                        (
                            "spec.parentRefs: GatewayConfig edge of Gateway edge has no memory in "
                            "spec.extProc.kubernetes.resources.requests"
                        )
                    ],
                ),
                Case(
                    ROUTE,
                    [ENVOY, gateway(), config(None)],
                    [
                        (
                            "spec.parentRefs: GatewayConfig edge of Gateway edge has no cpu and no memory in "
                            "spec.extProc.kubernetes.resources.requests"
                        )
                    ],
                ),
            ],
            not_applicable=[Case(NOT_OURS)],
            undecided=[Case(ROUTE, [ENVOY, gateway(), config(UNKNOWN)])],
        ),
        "ai-gateway-admission-names-its-gateways": RuleCases(
            passing=[
                Case(
                    chart(
                        {
                            "objectSelector": {
                                "matchLabels": {"gateway.envoyproxy.io/owning-gateway-name": "edge"}
                            }
                        }
                    )
                ),
                Case(chart({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}})),
            ],
            failing=[
                Case(chart({}), findings=[ALL]),
                Case(
                    chart(
                        {"objectSelector": {"matchLabels": {"app.kubernetes.io/managed-by": "envoy-gateway"}}}
                    ),
                    findings=[ALL],
                ),
            ],
            not_applicable=[Case(NOT_OURS), Case(resource(RELEASE, {"chart": "other"}))],
            undecided=[Case(chart(UNKNOWN))],
        ),
    },
)
