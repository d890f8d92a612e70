"""What must hold for the order of scalers: what KEDA's webhook asks for is on its way before it is asked.

KEDA v2.18.0, ``scaledobject_webhook.go``, read 2026-11-28: a ScaledObject with a cpu or memory trigger is refused, as
not found, until its Deployment is there. KServe makes that a moment after it accepted the InferenceService, and Pulumi
asks again for a minute (pulumi-kubernetes 4.34, ``await.go``). To wait for the InferenceService itself does harm:
KServe v0.20.0 (``PropagateRawStatus``) writes the Deployment's generation into ``status.observedGeneration``, and
Pulumi waits until that is as high as the service's own. Seen in a rehearsal on 2026-11-30: an ``up`` that added a
version failed.
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
    kinds = {text(at(t, "type"), "triggers.type") for t in triggers(scaler)} & _READS_THE_POD
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


def _awaited(service: Resource, _graph: Graph) -> Iterable[Offence]:
    waits = annotation(service, _WAIT)
    if waits:
        yield Offence(
            path=f"metadata.annotations[{_WAIT}]",
            problem=(
                "status.observedGeneration is the Deployment's: an update that leaves it alone waits in vain, and fails"
            ),
            value=waits,
        )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="scaled-objects-wait-for-their-deployment",
        severity="high",
        applies_to=(SCALED_OBJECT,),
        why="KEDA refuses a cpu trigger whose Deployment is not there, and the first up ends in an error.",
        fix="Depend on the InferenceService; do not wait for more of it.",
        check=_before_its_deployment,
        reads_graph=True,
    ),
)

RULES: tuple[Rule, ...] = (
    Rule(
        id="inference-services-are-not-awaited",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Pulumi compares two generations that KServe counts apart: the update fails after ten minutes of waiting.",
        fix=f"Leave {_WAIT} away; look at the service's conditions after the update.",
        check=_awaited,
    ),
)
