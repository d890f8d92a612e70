"""Operational changes to the platform's own stack, one at a time: each stops something, and its rule must say so."""

import copy
from dataclasses import replace
from functools import cache

import pytest

from policies.analysis.charts.joined import joined
from policies.engine.evaluate import judge
from policies.engine.graph import Graph
from policies.packs import ALL
from tests.captured import captured


def found(type_, name):
    matching = [r for r in captured("dev").graph if r.type.endswith(f":{type_}") and name in r.name]
    assert matching, f"the platform has no {type_} called {name}"
    return matching


def said(graph):
    judged = judge(joined(graph), ALL)
    return {(one.rule, one.urn, one.message) for one in (*judged.findings, *judged.undecided, *judged.faults)}


@cache
def before():
    return said(captured("dev").graph)


def lost(type_, name):
    gone = {r.urn for r in found(type_, name)}
    return Graph(r for r in captured("dev").graph if r.urn not in gone)


def changed(type_, name, *edits):
    """The stack with values at paths of one resource; None takes one out."""
    (one,) = found(type_, name)
    inputs = copy.deepcopy(dict(one.inputs))
    for path, value in edits:
        *above, last = path
        place = inputs
        for step in above:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return Graph(replace(r, inputs=inputs) if r is one else r for r in captured("dev").graph)


ENGINE = ("LLMInferenceService", "support-chat-v1-service")
MODEL = ("InferenceService", "model-minilm-service")
POOL = ("NodePool", "gpu-l4-node-pool")
GPU = "nvidia.com/gpu"
RESOURCES = ("spec", "template", "containers", 0, "resources")
BACKEND = ("spec", "rules", 0, "backendRefs", 0)
HOOKS = ("NetworkPolicy", "api-server-to-kserve-controller-manager-network")
EGRESS = ("NetworkPolicy", "models-namespace-necessary-egress")
PARTS = "flows-have-all-their-parts"
NAMES, ROOM = "references-find-their-object", "pools-have-room-for-their-pods"
CHANGES = {
    "more GPUs asked for than a machine of the pool has": (
        lambda: changed(*ENGINE, ((*RESOURCES, "limits", GPU), "2"), ((*RESOURCES, "requests", GPU), "2")),
        {ROOM},
    ),
    "the GPU pool takes machines without GPUs": (
        lambda: changed(*POOL, (("spec", "template", "spec", "requirements", 2, "values"), ["m6i.2xlarge"])),
        {ROOM},
    ),
    "tolerations of a model gone": (
        lambda: changed(*MODEL, (("spec", "predictor", "tolerations"), None)),
        {"pods-find-a-pool"},
    ),
    "a pool's label renamed on one side": (
        lambda: changed(*MODEL, (("spec", "predictor", "nodeSelector"), {"slipway.dev/pool": "cpus"})),
        {"pods-find-a-pool"},
    ),
    "a node class that is not there": (
        lambda: changed(*POOL, (("spec", "template", "spec", "nodeClassRef", "name"), "gpu")),
        {NAMES},
    ),
    "a priority class that is not there": (
        lambda: changed(*MODEL, (("spec", "predictor", "priorityClassName"), "slipway-model")),
        {NAMES},
    ),
    "a serving runtime that is not there": (
        lambda: changed(*MODEL, (("spec", "predictor", "model", "runtime"), "slipway-hf")),
        {NAMES},
    ),
    "an inner gateway that is not there": (
        lambda: changed(*ENGINE, (("spec", "router", "gateway", "refs", 0, "name"), "kserve-gateway")),
        {NAMES},
    ),
    "a route to a version that is not there": (
        lambda: changed("HTTPRoute", "model-minilm-shares", ((*BACKEND, "name"), "minilm-v2-predictor")),
        {NAMES},
    ),
    "a route to a port that the Service does not have": (
        lambda: changed("HTTPRoute", "model-minilm-shares", ((*BACKEND, "port"), 8080)),
        {"routes-ask-ports-that-are-served"},
    ),
    "an issuer that is not there": (
        lambda: changed("Certificate", "gateway-edge-certificate", (("spec", "issuerRef", "name"), "edge")),
        {NAMES},
    ),
    "a scaler of a Deployment that is not there": (
        lambda: changed("ScaledObject", "model-minilm-v1-scaling", (("spec", "scaleTargetRef", "name"), "minilm")),
        {NAMES, "predictive-models-are-bounded-in-number"},
    ),
    "a quota without GPUs for the models": (
        lambda: changed("ResourceQuota", "models-namespace-quota", (("spec", "hard", f"requests.{GPU}"), "0")),
        {"quotas-hold-their-pods"},
    ),
    "a quota with too few processors": (
        lambda: changed("ResourceQuota", "models-namespace-quota", (("spec", "hard", "requests.cpu"), "4")),
        {"quotas-hold-their-pods"},
    ),
    "an up that waits for what KServe counts by its Deployment": (
        lambda: changed(
            *MODEL,
            (
                ("metadata", "annotations", "pulumi.com/waitFor"),
                "jsonpath={.status.components.predictor}",
            ),
        ),
        {"inference-services-are-not-awaited"},
    ),
    "an up that waits for a worker whose Secret is made after it": (
        lambda: changed("Deployment", "loops-rollout", (("metadata", "annotations"), None)),
        {"awaited-pods-find-their-secrets"},
    ),
    "a budget that blocks every drain": (
        lambda: changed("PodDisruptionBudget", "gateway-controllers-ai-budget", (("spec", "maxUnavailable"), 0)),
        {"disruption-budgets-let-nodes-go"},
    ),
    "the API server's way to a webhook gone": (lambda: lost(*HOOKS), {"webhooks-are-let-through", PARTS}),
    "the API server's way to a webhook on another port": (
        lambda: changed(*HOOKS, (("spec", "ingress", 0, "ports", 0, "port"), 8443)),
        {"webhooks-are-let-through", "both-halves-of-a-flow-agree"},
    ),
    "probes of a controller refused": (
        lambda: changed(*HOOKS, (("spec", "ingress", 1), None)),
        {"ambient-probes-reach-their-pods", PARTS},
    ),
    "DNS closed to the models": (
        lambda: changed(*EGRESS, (("spec", "egress", 0), None)),
        {"pods-reach-their-credentials"},
    ),
    "Prometheus admitted from a namespace that is not its own": (
        lambda: changed(
            "NetworkPolicy",
            "model-minilm-v1-metrics-network",
            (
                ("spec", "ingress", 0, "from", 0, "namespaceSelector", "matchLabels"),
                {"kubernetes.io/metadata.name": "monitoring"},
            ),
        ),
        {"both-halves-of-a-flow-agree"},
    ),
    "Prometheus's way to a model gone": (
        lambda: lost("NetworkPolicy", "model-minilm-v1-metrics-network"),
        {PARTS},
    ),
    "the mesh's half of a flow gone": (
        lambda: lost("AuthorizationPolicy", "model-support-chat-v1-callers-authorization"),
        {PARTS},
    ),
    "a webhook's exception from mutual TLS gone": (
        lambda: lost("PeerAuthentication", "serving-flows-api-server-to-kserve-controller-manager"),
        {PARTS},
    ),
    "an engine killed before it has drained": (
        lambda: changed(*ENGINE, (("spec", "template", "terminationGracePeriodSeconds"), 30)),
        {"pods-outlive-their-pre-stop"},
    ),
    "the models' pod identities gone": (
        lambda: lost("PodIdentityAssociation", "model-"),
        {"models-have-an-identity"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "rules"), CHANGES.values(), ids=CHANGES)
def test_it_turns_the_stack_red_by_its_own_rule(change, rules):
    assert {rule for rule, _, _ in said(change()) - before()} == rules
