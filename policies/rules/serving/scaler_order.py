"""What must hold for the order of scalers: what KEDA's webhook asks for is there before it is asked.

KEDA v2.18.0, ``scaledobject_webhook.go``, read 2026-11-28: a ScaledObject with a cpu or memory trigger is refused until
its Deployment is there. KServe makes that some time after the InferenceService was accepted.
"""

from collections.abc import Iterable
from typing import Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE
from policies.analysis.kubernetes.keda import SCALED_OBJECT, triggers
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, text

_READS_THE_POD: Final = frozenset({"cpu", "memory"})
_WAIT: Final = "pulumi.com/waitFor"


def _before_its_deployment(scaler: Resource, graph: Graph) -> Iterable[Offence]:
    kinds = sorted({text(at(t, "type"), "triggers.type") for t in triggers(scaler)} & _READS_THE_POD)
    if scaler.source or not kinds:  # a manifest has no order
        return
    target = text(at(scaler.inputs, "spec.scaleTargetRef.name"), "spec.scaleTargetRef.name")
    for service in graph.of_type(*INFERENCE_SERVICE):
        if namespace_of(service) != namespace_of(scaler) or not target.startswith(f"{name_of(service)}-"):
            continue
        if service.urn not in graph.waits_for(scaler.urn):
            yield Offence(
                path="spec.scaleTargetRef.name",
                problem=f"{target} is made for {service.name}, and the scaler does not wait for it",
                value=target,
            )
        elif not text(annotation(service, _WAIT), _WAIT):
            yield Offence(
                path="spec.scaleTargetRef.name",
                problem=f"{target} is made some time after {service.name} is accepted, and nothing waits for it",
                value=target,
                expected=f"a {kinds[0]} trigger is refused until it is there",
            )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="scaled-objects-wait-for-their-deployment",
        severity="high",
        applies_to=(SCALED_OBJECT,),
        why="KEDA refuses a cpu trigger whose Deployment is not there, and the first up ends in an error.",
        fix=f"Depend on the InferenceService, and annotate it {_WAIT}: jsonpath={{.status.components.predictor}}.",
        check=_before_its_deployment,
        reads_graph=True,
    ),
)
