"""What must hold for a predictive model alone: its mode, a ceiling of replicas, and what wakes it."""

from collections.abc import Iterable
from functools import partial
from typing import Final

from policies.analysis.kserve.objects import (
    INFERENCE_SERVICE,
    components,
)
from policies.analysis.kubernetes.charts import RELEASE, chart_of
from policies.analysis.kubernetes.keda import SCALED_OBJECT, wakes
from policies.analysis.kubernetes.metadata import annotation, name_of, namespace_of
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, number, text

_STANDARD: Final = frozenset({"Standard", "RawDeployment"})
_MODE: Final = "serving.kserve.io/deploymentMode"
_CLASS: Final = "serving.kserve.io/autoscalerClass"
_MODE_PATH: Final = f"metadata.annotations[{_MODE}]"


def _uncounted(service: Resource, graph: Graph, *, is_standard: bool = False) -> Iterable[Offence]:
    if text(annotation(service, _CLASS)) == "none":
        return
    for part, component in components(service):
        if part.startswith("canary"):
            continue
        if not number(at(component, "maxReplicas"), "maxReplicas"):
            yield Offence(
                path=f"spec.{part}.maxReplicas",
                problem="no ceiling is set",
                value=at(component, "maxReplicas"),
            )
        is_asleep = number(at(component, "minReplicas"), "minReplicas") == 0
        if (
            is_asleep
            and not _wakes_by_itself(service, is_standard=is_standard)
            and not _is_woken(service, graph)
        ):
            yield Offence(
                path=f"spec.{part}.minReplicas",
                problem="0, and no ScaledObject here has a trigger that wakes it",
                value=0,
            )


def _wakes_by_itself(service: Resource, *, is_standard: bool) -> bool:
    """Knative holds requests until a pod is there; with no mode named it may be that one."""
    mode = annotation(service, _MODE)
    return mode not in _STANDARD if mode else not is_standard


def _is_woken(service: Resource, graph: Graph) -> bool:
    for scaler in graph.of_type(SCALED_OBJECT):
        target = text(at(scaler.inputs, "spec.scaleTargetRef.name"), "scaleTargetRef.name")
        if (
            namespace_of(scaler) == namespace_of(service)
            and target.startswith(f"{name_of(service)}-")
            and wakes(scaler)
        ):
            return True
    return False


def _other_mode(service: Resource, graph: Graph) -> Iterable[Offence]:
    mode = annotation(service, _MODE)
    if mode in _STANDARD:
        return
    if mode:
        yield Offence(
            path=_MODE_PATH, problem=f"the model runs in {mode} mode", value=mode, expected="Standard"
        )
        return
    defaults = {
        text(at(r.inputs, "values.kserve.controller.deploymentMode"), "deploymentMode")
        for r in graph.of_type(RELEASE)
        if chart_of(r) == "kserve-resources"
    }
    if not defaults & _STANDARD:
        yield Offence(
            path=_MODE_PATH,
            problem="the mode is left to the cluster, where it may be Knative",
            expected="Standard",
        )


RULES: tuple[Rule, ...] = (
    Rule(
        id="predictive-models-are-bounded-in-number",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="One loop of retries scales a model until the account is empty; one at zero that nothing wakes is down.",
        fix="Set maxReplicas; for minReplicas 0 add a ScaledObject with a trigger that sees waiting requests.",
        check=_uncounted,
        on_platform=Variant("Only a trigger wakes what sleeps.", partial(_uncounted, is_standard=True)),
        reads_graph=True,
    ),
)

PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="predictive-models-run-in-standard-mode",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="Our flows, budgets and weights are written for KServe's Deployments and routes, not for Knative's.",
        fix=f"Annotate {_MODE}: Standard.",
        check=_other_mode,
        reads_graph=True,
    ),
)

NEEDS_NO_RULE: dict[str, str] = {}
