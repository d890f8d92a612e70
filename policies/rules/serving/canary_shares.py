"""What must hold of a canary's share: somebody acts on the field that says it.

KServe v0.20.0: ``canaryTrafficPercent`` is read where Knative's services are made (``ksvc_reconciler.go``) and nowhere
else, read 2026-11-29.
"""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.kserve.objects import INFERENCE_SERVICE, components
from policies.analysis.kubernetes.metadata import annotation
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at

_MODE: Final = "serving.kserve.io/deploymentMode"
_WITHOUT_KNATIVE: Final = frozenset({"Standard", "RawDeployment"})


def _unread(service: Resource, _graph: Graph, *, is_standard: bool = False) -> Iterable[Offence]:
    mode = annotation(service, _MODE)
    # Where the service names no mode, the chart's counts; of that the platform's only is known.
    if mode in _WITHOUT_KNATIVE or (not mode and is_standard):
        for part, component in components(service):
            share = at(component, "canaryTrafficPercent")
            if share is not None:
                yield Offence(
                    path=f"spec.{part}.canaryTrafficPercent",
                    problem=f"does nothing in {mode or 'Standard'} mode, where the new model gets everything",
                    value=share,
                )


RULES: tuple[Rule, ...] = (
    Rule(
        id="canary-shares-are-acted-on",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Only Knative's reconciler reads the field: ten percent are written, and all requests get the new model.",
        fix="Describe the new version in spec.canary, with its trafficPercent.",
        check=_unread,
        on_platform=Variant(
            "A service that names no mode runs in Standard.", partial(_unread, is_standard=True)
        ),
    ),
)
