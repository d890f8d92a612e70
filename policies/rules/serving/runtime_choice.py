"""What must hold for a model that names no runtime: KServe finds one for its format.

KServe takes, of the runtimes that are not disabled, one that says ``autoSelect`` for the model's format and version
(``RuntimeSupportsModel`` of ``pkg/apis/serving/v1beta1/predictor_model.go``, v0.20.0; from memory, 2026-11-30).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policies.analysis.kserve.objects import INFERENCE_SERVICE, RUNTIMES, components
from policies.analysis.kubernetes.metadata import namespace_of
from policies.analysis.kubernetes.named import everywhere
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, sequence, text


def _unserved(service: Resource, graph: Graph) -> Iterable[Offence]:
    """Of a stack, which has its runtimes in view or in the stack above; a cluster may have others than a file."""
    there = [] if service.source else list(_runtimes(service, graph))
    for part, component in components(service) if there else ():
        wanted = mapping(at(component, "model.modelFormat"), "model.modelFormat")
        if not wanted or text(at(component, "model.runtime"), "model.runtime"):
            continue
        if not any(_takes(runtime, wanted) for runtime in there):
            said = " ".join(text(wanted.get(key), key) for key in ("name", "version") if wanted.get(key))
            yield Offence(
                path=f"spec.{part}.model.runtime",
                problem=f"is not set, and no runtime in view says autoSelect for {said}",
            )


def _runtimes(service: Resource, graph: Graph) -> Iterator[Resource]:
    whole, own = RUNTIMES
    yield from everywhere(graph, whole)
    yield from (one for one in everywhere(graph, own) if namespace_of(one) == namespace_of(service))


def _takes(runtime: Resource, wanted: Mapping[str, Any]) -> bool:
    if flag(at(runtime.inputs, "spec.disabled"), "spec.disabled"):
        return False
    formats = sequence(at(runtime.inputs, "spec.supportedModelFormats"), "spec.supportedModelFormats")
    return any(
        flag(at(one, "autoSelect"), "autoSelect")
        and text(at(one, "name"), "name") == text(wanted.get("name"), "name")
        and (not wanted.get("version") or at(one, "version") == wanted["version"])
        for one in formats
    )


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="models-find-a-runtime",
        severity="high",
        applies_to=INFERENCE_SERVICE,
        why="A format that no runtime takes by itself leaves the model without a pod, and the reason in its status.",
        fix="Name the runtime in model.runtime, or say autoSelect in the runtime that is meant.",
        check=_unserved,
        reads_graph=True,
    ),
)
