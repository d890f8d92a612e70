"""What must hold for the pods of models, which KServe merges of several objects.

The standard (no rights on the node, bounded, one version) is that of every other pod (``kubernetes/pods``); here a
finding needs the whole stack.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from policies.analysis.kserve.llm import all_pods
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, predictor_pods
from policies.analysis.kserve.placed_pods import placed
from policies.analysis.pods import pod as pods
from policies.analysis.pods.pss_restricted import FIX as PSS_FIX
from policies.analysis.pods.pss_restricted import offences
from policies.engine.collect_errors import in_each
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule, Variant
from policies.engine.values import at, text

_MODELS: Final = (*INFERENCE_SERVICE, *LLM)
_DOWNLOAD: Final = "storage-initializer"
"""KServe adds it to language models: image and resources come from its own configuration."""


def _model_pods(model: Resource, graph: Graph) -> Iterator[pods.Pod]:
    return placed(all_pods if model.type in LLM else predictor_pods)(model, graph)


def _unbounded(model: Resource, graph: Graph) -> Iterator[Offence]:
    fetched = {_DOWNLOAD} if model.type in LLM else set[str]()
    return in_each(_model_pods, partial(_each_bounded, fetched))(model, graph)


def _each_bounded(fetched: set[str], pod: pods.Pod) -> Iterator[Offence]:
    for container in pod.containers():
        if container.name not in fetched:
            yield from pods.unbounded(container.says, container.path)


def _moving_images(model: Resource, graph: Graph, *, sees_configs: bool = False) -> Iterator[Offence]:
    for pod in _model_pods(model, graph):
        yield from pods.moving_images(pod)
        # What KServe merges in stands in another file, where the platform is another's.
        if sees_configs and model.type in LLM:
            yield from _unnamed_images(pod)


def _unnamed_images(pod: pods.Pod) -> Iterator[Offence]:
    for container in pod.containers():
        if not text(at(container.says, "image"), "image") and container.name != _DOWNLOAD:
            yield Offence(
                path=f"{container.path}.image",
                problem=f"the image of container {container.name} stands in no object in view",
            )


RULES: tuple[Rule, ...] = (
    Rule(
        id="model-pods-meet-restricted-pss",
        severity="high",
        aliases=(
            "language-models-have-no-rights-on-the-node",
            "predictive-models-have-no-rights-on-the-node",
        ),
        applies_to=_MODELS,
        why="Weights and prompts come from outside: whoever breaks the server must not have the node.",
        fix=PSS_FIX,
        check=in_each(_model_pods, offences),
        reads_graph=True,
    ),
    Rule(
        id="model-containers-are-bounded",
        severity="medium",
        aliases=("language-models-are-bounded", "predictive-models-are-bounded"),
        applies_to=_MODELS,
        why="A model without limits takes the memory of all others on its node.",
        fix="Set requests for cpu and memory, and a memory limit, on the model, its runtime or its template.",
        check=_unbounded,
        reads_graph=True,
    ),
    Rule(
        id="model-images-are-pinned",
        severity="medium",
        aliases=("language-model-images-have-one-version", "predictive-model-images-have-one-version"),
        applies_to=_MODELS,
        why="A moving tag runs code nobody reviewed, on the next restart.",
        fix="Name the image by digest, or by a version where none is known.",
        check=_moving_images,
        on_platform=Variant(
            "Images that configs of language models bring stand in view.",
            partial(_moving_images, sees_configs=True),
        ),
        reads_graph=True,
    ),
)
