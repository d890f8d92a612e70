"""Pods that KServe merges into those of models: of serving runtimes, and of the configs of language models.

Each is judged as it stands, whatever a model adds to it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from policies.analysis.kserve.llm import config_pods
from policies.analysis.kserve.objects import LLM_CONFIG, RUNTIMES
from policies.analysis.kserve.placed_pods import standing
from policies.analysis.pods.pod import Pod
from policies.engine.graph import Resource
from policies.engine.values import at, mapping

FRAGMENTS: Final = frozenset((*RUNTIMES, *LLM_CONFIG))
_LEFT_TO_THE_MODEL: Final[dict[str, Any]] = {
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def fragments_of(resource: Resource) -> Iterator[Pod]:
    """The pods that a runtime or a config brings; none of any other kind."""
    if resource.type in RUNTIMES:
        yield from map(with_model_context, runtime_pods(resource))
    elif resource.type in LLM_CONFIG:
        yield from (standing(resource, f"spec.{place}", spec) for place, spec in config_pods(resource))


def runtime_pods(runtime: Resource) -> Iterator[Pod]:
    """The pod of a runtime, and that of its workers."""
    spec = mapping(at(runtime.inputs, "spec"), "spec")
    yield Pod(spec)
    if at(spec, "workerSpec") is not None:
        yield Pod(mapping(at(spec, "workerSpec"), "workerSpec"), path="spec.workerSpec")


def with_model_context(pod: Pod) -> Pod:
    """The pod with the pod-level context that a model writes; its containers' own are still asked for."""
    context = at(pod.spec, "securityContext") or _LEFT_TO_THE_MODEL
    return replace(pod, spec={**pod.spec, "securityContext": context})
