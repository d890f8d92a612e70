"""What must hold for the files of models, wherever an object names them: a known source, and data instead of code."""

from collections.abc import Iterable, Iterator
from typing import Final

from policies.analysis.kserve.objects import (
    CACHES,
    FRAMEWORKS,
    INFERENCE_SERVICE,
    LLM,
    LLM_CONFIG,
    TRAINED_MODEL,
    components,
    fetched_at_start,
    loads_code,
    moving_source,
    sources,
)
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, sequence, text

_NAMED: Final = {
    TRAINED_MODEL: "spec.model.storageUri",
    **dict.fromkeys(CACHES, "spec.sourceModelUri"),
    **dict.fromkeys((*LLM, *LLM_CONFIG), "spec.model.uri"),
}
"""Where an object other than an InferenceService names the files of a model."""
_OTHERS: Final = (TRAINED_MODEL, *CACHES, *LLM_CONFIG)
"""Those of which no other module asks where the files come from."""


def _uris(named: Resource) -> Iterator[tuple[str, str]]:
    """Where it stands, and the URI."""
    if named.type in INFERENCE_SERVICE:
        for part, component in components(named):
            yield from ((f"spec.{part}.{path}", uri) for path, uri in sources(component))
        for part, component in components(named):
            for name in FRAMEWORKS:
                path = f"{name}.storage.path"
                if at(component, path) is not None:
                    yield f"spec.{part}.{path}", text(at(component, path), path)
        return
    path = _NAMED[named.type]
    uri = text(at(named.inputs, path), path)
    if uri:
        yield path, uri
    for index, adapter in enumerate(sequence(at(named.inputs, "spec.model.lora.adapters"), "lora.adapters")):
        yield f"spec.model.lora.adapters[{index}].uri", text(at(adapter, "uri"), "lora.adapters.uri")


def _code(named: Resource, _graph: Graph) -> Iterable[Offence]:
    for place, uri in _uris(named):
        problem = loads_code(uri)
        if problem:
            yield Offence(path=place, problem=problem, value=uri)


def _strange(named: Resource, _graph: Graph) -> Iterable[Offence]:
    """A cache fetches once, so that a commit of a hub is as good as a store; what a pod fetches it fetches again."""
    for place, uri in _uris(named):
        is_pinned = not moving_source(uri, has_version=False)
        if fetched_at_start(uri) and not (named.type in CACHES and uri.startswith("hf://") and is_pinned):
            yield Offence(path=place, problem=f"{uri} is whatever the hub or the server answers", value=uri)
        elif not is_pinned:
            yield Offence(path=place, problem=moving_source(uri, has_version=False), value=uri)


RULES: tuple[Rule, ...] = (
    Rule(
        id="model-files-hold-no-code",
        severity="critical",
        applies_to=(*INFERENCE_SERVICE, *_NAMED),
        why="A pickle is a program that runs where it is loaded, with the rights of the model that it says it is.",
        fix="Store the library's own format: safetensors, ONNX, XGBoost's JSON, LightGBM's text.",
        check=_code,
    ),
    Rule(
        id="model-files-come-from-a-store",
        severity="high",
        applies_to=_OTHERS,
        why="What others may change or take down is served, evaluated by nobody, or is the endpoint's outage.",
        fix="Copy the files into the model store and name it; a cache may name a commit (hf://org/name:commit).",
        check=_strange,
    ),
)
