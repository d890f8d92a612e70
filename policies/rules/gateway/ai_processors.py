"""What must hold of the AI gateway's own parts: the processor beside each Envoy, and the webhook that puts it there."""

from collections.abc import Iterable
from typing import Final

from policies.analysis.gateway.attachment import parents
from policies.analysis.gateway.objects import AI_ROUTES, is_envoy
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.metadata import name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, known, mapping, text

_CONFIGS: Final = tuple(
    f"kubernetes:aigateway.envoyproxy.io/{version}:GatewayConfig" for version in ("v1beta1", "v1alpha1")
)
_NOTE: Final = "aigateway.envoyproxy.io/gateway-config"
_OWNER: Final = "gateway.envoyproxy.io/owning-gateway-name"
_WEBHOOK: Final = "values.controller.mutatingWebhook"
_REQUESTS: Final = "spec.extProc.kubernetes.resources.requests"


def _best_effort(route: Resource, graph: Graph) -> Iterable[Offence]:
    for gateway in parents(route, graph):
        if not is_envoy(gateway, graph):
            continue
        named = text(known(mapping(at(gateway.inputs, "metadata.annotations")).get(_NOTE)))
        whose = f"Gateway {name_of(gateway)}"
        configs = [
            config
            for config in graph.of_type(*_CONFIGS)
            if (name_of(config), namespace_of(config)) == (named, namespace_of(gateway))
        ]
        if not named:
            yield Offence(
                path="spec.parentRefs",
                problem=f"{whose} names no GatewayConfig ({_NOTE})",
                value=name_of(gateway),
                expected=f"one with {_REQUESTS}",
            )
        for config in configs:
            requests = mapping(at(config.inputs, _REQUESTS), _REQUESTS)
            missing = [what for what in ("cpu", "memory") if requests.get(what) is None]
            if missing:
                yield Offence(
                    path="spec.parentRefs",
                    problem=f"GatewayConfig {named} of {whose} has no {' and no '.join(missing)} in {_REQUESTS}",
                    value=name_of(gateway),
                )


def _stops_every_proxy(release: Resource, _graph: Graph) -> Iterable[Offence]:
    if chart_of(release) != "ai-gateway-helm":
        return
    webhook = mapping(at(release.inputs, _WEBHOOK), _WEBHOOK)
    labels = mapping(at(webhook, "objectSelector.matchLabels"), f"{_WEBHOOK}.objectSelector.matchLabels")
    spaces = mapping(at(webhook, "namespaceSelector"), f"{_WEBHOOK}.namespaceSelector")
    if _OWNER not in labels and not spaces:
        yield Offence(
            path=f"{_WEBHOOK}.objectSelector",
            problem=(
                "while the webhook is away, no pod that Envoy Gateway manages is admitted, the rate-limit service "
                "among them"
            ),
            value=dict(labels) or None,
            expected=f"the label {_OWNER}, or a namespaceSelector",
        )


NEEDS_NO_RULE: Final = dict.fromkeys(
    _CONFIGS, "judged where a Gateway with AI routes names it (edge-processors-have-requests)"
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="edge-processors-have-requests",
        severity="high",
        applies_to=AI_ROUTES,
        why="The processor reads every prompt; without requests it is the first to be stopped when a node is full.",
        fix="Name a GatewayConfig in the Gateway's annotation and set extProc.kubernetes.resources in it.",
        check=_best_effort,
        reads_graph=True,
    ),
    Rule(
        id="ai-gateway-admission-names-its-gateways",
        severity="high",
        applies_to=(RELEASE,),
        why="Its failure policy is Fail: what it need not change should not wait for it.",
        fix="Set objectSelector to the owning gateway's name, or namespaceSelector, for gateways that have AI routes.",
        check=_stops_every_proxy,
    ),
)
