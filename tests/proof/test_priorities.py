"""Which pods of the platform's charts go first where room is short: each by name, so that a lost value shows."""

from policies.analysis.charts.joined import joined
from policies.engine.graph import Graph
from policies.engine.values import at
from tests.captured import captured

KINDS = ("DaemonSet", "Deployment", "Job", "StatefulSet")
RENDERED = {
    "cert-manager/cert-manager": "slipway-platform",
    "cert-manager/cert-manager-cainjector": "slipway-platform",
    "cert-manager/cert-manager-startupapicheck": "slipway-platform",
    "cert-manager/cert-manager-webhook": "slipway-platform",
    "envoy-gateway-system/envoy-gateway": "slipway-platform",
    "istio-system/istio-cni-node": "system-node-critical",
    "istio-system/istiod": "slipway-platform",
    "istio-system/ztunnel": "system-node-critical",
    "karpenter/karpenter": "system-cluster-critical",
    "load-balancers/aws-load-balancer-controller": "slipway-platform",
    # Their charts have no value for it; with models below zero nothing of a model drives them out.
    "envoy-ai-gateway-system/ai-gateway-controller": None,
    "envoy-gateway-system/envoy-gateway-gateway-helm-certgen": None,
    "kserve/kserve-controller-manager": None,
    "kserve/llmisvc-controller-manager": None,
}
VALUES = {
    "autoscaling-keda": ("priorityClassName", "slipway-platform"),
    "gateway-controllers-envoy": (
        "config.envoyGateway.provider.kubernetes.rateLimitDeployment.pod.priorityClassName",
        "slipway-platform",
    ),
}


def whole() -> Graph:
    return joined(captured("dev").graph)


def test_what_requests_and_admissions_pass_outranks_everything_else():
    found = {
        f"{at(r.inputs, 'metadata.namespace')}/{at(r.inputs, 'metadata.name')}": at(
            r.inputs, "spec.template.spec.priorityClassName"
        )
        for r in whole()
        if r.rendered and r.type.rpartition(":")[2] in KINDS
    }
    assert found == RENDERED


def test_charts_of_which_no_rendering_is_known_are_given_theirs():
    values = {r.name: r.inputs["values"] for r in whole() if r.name in VALUES}
    assert {name: at(values[name], path) for name, (path, _) in VALUES.items()} == {
        name: wanted for name, (_, wanted) in VALUES.items()
    }


def test_proxies_of_both_gateways_are_of_the_platform():
    path = "spec.provider.kubernetes.envoyDeployment.pod.priorityClassName"
    proxies = {r.name: at(r.inputs, path) for r in whole() if r.type.endswith(":EnvoyProxy")}
    assert proxies == {
        "gateway-edge-proxy": "slipway-platform",
        "gateway-inner-proxy": "slipway-platform",
    }
