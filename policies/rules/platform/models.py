"""What must hold for models and their namespaces: they say whose they are, and open nothing by themselves."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from policies.analysis.kserve.objects import LLM, components
from policies.analysis.kubernetes.metadata import inside, name_of
from policies.analysis.mesh.objects import MODEL_KINDS, NAMESPACE, holds_models
from policies.engine.graph import Graph, Resource
from policies.engine.property_paths import below
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, mapping, sequence, text
from policies.rules.kubernetes.namespaces import QUOTA

_SHUT: Final = ("services.loadbalancers", "services.nodeports")
_BOUND: Final = ("pods", "requests.cpu", "requests.memory", "requests.nvidia.com/gpu")
_PLATFORM_PRIORITIES: Final = {"slipway-platform", "system-cluster-critical", "system-node-critical"}
_OWNER: Final = ("labels", "slipway.dev/owner")
_DATA_CLASS: Final = ("labels", "slipway.dev/data-class")
_WEIGHTS: Final = ("annotations", "slipway.dev/artifact-digest")


def _anonymous(model: Resource, _graph: Graph) -> Iterable[Offence]:
    """Pods must say it, since logs, bills and network policies know pods; an LLMInferenceService is one version."""
    if model.type in LLM:
        yield from _unsaid(model.inputs, "metadata", (_OWNER, _DATA_CLASS, _WEIGHTS))
        yield from _unsaid(model.inputs, "spec", (_OWNER, _DATA_CLASS))
        return
    for part, component in components(model):
        yield from _unsaid({part: component}, part, (_OWNER, _DATA_CLASS, _WEIGHTS), f"spec.{part}")


def _unsaid(value: Any, where: str, notes: Iterable[tuple[str, str]], path: str = "") -> Iterator[Offence]:
    above = mapping(mapping(value).get(where), where)
    for kind, key in notes:
        if not text(mapping(at(above, kind), kind).get(key), key):
            yield Offence(path=below(f"{path or where}.{kind}", key), problem="is not set")


def _open_quota(namespace: Resource, graph: Graph) -> Iterable[Offence]:
    if not holds_models(namespace, graph):
        return
    quotas = list(inside(graph, name_of(namespace), QUOTA))
    hard: dict[str, Any] = {}
    for quota in quotas:
        if not at(quota.inputs, "spec.scopeSelector") and not at(quota.inputs, "spec.scopes"):
            hard |= mapping(at(quota.inputs, "spec.hard"), "spec.hard")
    for what in _SHUT:
        if str(hard.get(what)) != "0":
            yield Offence(path="", problem=f"may open {what.partition('.')[2]}: no quota sets {what} to 0")
    for what in _BOUND:
        if what not in hard:
            yield Offence(path="", problem=f"no quota bounds {what}")
    taken = {who for quota in quotas for who in _kept_from(quota)}
    for priority in sorted(_PLATFORM_PRIORITIES - taken):
        yield Offence(path="", problem=f"pods may take the priority {priority}")


def _kept_from(quota: Resource) -> Iterator[str]:
    """Priorities no pod may have, by a quota of none for them."""
    if str(mapping(at(quota.inputs, "spec.hard"), "spec.hard").get("pods")) != "0":
        return
    for test in sequence(at(quota.inputs, "spec.scopeSelector.matchExpressions"), "matchExpressions"):
        if text(at(test, "scopeName"), "scopeName") == "PriorityClass" and text(at(test, "operator")) == "In":
            yield from (text(value, "values") for value in sequence(at(test, "values"), "values"))


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="models-say-whose-they-are",
        severity="low",
        applies_to=MODEL_KINDS,
        why="On call, in a bill and in an audit the question is who answers for it, and for which weights.",
        fix="Deploy the model from its release record, which sets owner, data class and artifact digest.",
        check=_anonymous,
        reads_graph=True,
    ),
    Rule(
        id="model-namespaces-open-nothing",
        severity="high",
        applies_to=(NAMESPACE,),
        why="A model's namespace that may make load balancers goes round the edge; one without bounds starves others.",
        fix="Set services.loadbalancers and services.nodeports of its quota to 0, bound pods, CPU, memory and GPUs, "
        "and allow no pod with a priority of the platform.",
        check=_open_quota,
        reads_graph=True,
    ),
)
