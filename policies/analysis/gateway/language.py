"""Which routes lead to language models, by the pool, the path or the engine behind them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from policies.analysis.engines.pods import EnginePod
from policies.analysis.engines.started import Started, started
from policies.analysis.flows.selection import meets
from policies.analysis.gateway.objects import AI_ROUTES, SERVICE
from policies.analysis.kubernetes.metadata import inside, name_of, namespace_of
from policies.analysis.pods.finder import WORKLOADS
from policies.engine.graph import Graph, Resource
from policies.engine.values import UndecidedError, at, mapping, sequence, text

_WRITES: Final = frozenset({"vllm", "sglang", "tgi", "trtllm", "llama", "ollama"})
"""Engines that write answers token by token, unless an option says that they only read."""
_READS_ONLY: Final = {
    "--task": {"embed", "embedding", "score", "classify", "reward", "rerank"},
    "--runner": {"pooling"},
    "--is-embedding": {""},
    "--embedding": {""},
    "--embeddings": {""},
    "--reranking": {""},
}
_PATHS: Final = ("/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages")
_OTHER_PATHS: Final = (
    "/v1/embeddings",
    "/v1/rerank",
    "/v1/score",
    "/rerank",
    "/score",
    "/embed",
    "/v1/models",
)
_LENGTHS: Final = {
    "vllm": ["--max-model-len"],
    "sglang": ["--context-length"],
    "tgi": ["--max-total-tokens"],
    "trtllm": ["--max_seq_len", "--max-seq-len"],
    "llama": ["-c", "--ctx-size"],
}
"""How each engine is told the most tokens of prompt and answer together."""


def writes(engine: Started) -> bool:
    """Whether an engine answers with text of any length."""
    return engine.name in _WRITES and not any(
        engine.value([option]) in values for option, values in _READS_ONLY.items()
    )


def longest(engine: Started) -> int | None:
    """The most tokens of prompt and answer together; None where it is not told."""
    return engine.number(_LENGTHS[engine.name]) if engine.name in _LENGTHS else None


def is_language_rule(route: Resource, rule: Any, graph: Graph) -> bool:
    """Whether a rule of a route leads to a language model.

    Raises:
        UndecidedError: a path or a backend cannot be read.
    """
    matches = sequence(at(rule, "matches"), "matches")
    paths = [text(at(m, "path.value"), "path.value") for m in matches]
    if paths and all(path.startswith(_OTHER_PATHS) for path in paths):
        return False
    if route.type in AI_ROUTES or any(path.startswith(_PATHS) for path in paths):
        return True
    backends = [mapping(b, "backendRefs") for b in sequence(at(rule, "backendRefs"), "backendRefs")]
    return any(b.get("kind") == "InferencePool" or _is_engine(b, route, graph) for b in backends)


def _is_engine(backend: Mapping[str, Any], route: Resource, graph: Graph) -> bool:
    if text(backend.get("kind"), "kind") not in {"", "Service"}:
        return False
    where = text(backend.get("namespace"), "namespace") or namespace_of(route)
    return leads_to_engine(text(backend.get("name"), "name"), where, graph)


def leads_to_engine(service: str, namespace: str, graph: Graph) -> bool:
    """Whether a Service in view selects pods that write text."""
    return any(
        name_of(found) == service
        and at(found.inputs, "spec.selector")
        and any(True for _ in _selected(found, namespace, graph))
        for found in inside(graph, namespace, SERVICE)
    )


def _selected(service: Resource, namespace: str, graph: Graph) -> Iterator[Started]:
    selector = {"matchLabels": at(service.inputs, "spec.selector")}
    for labels, engine in graph.once_for(_engines, namespace):
        if meets(selector, labels) and writes(engine):
            yield engine


def _engines(graph: Graph, namespace: str) -> list[tuple[Mapping[str, Any], Started]]:
    found: list[tuple[Mapping[str, Any], Started]] = []
    for owner in inside(graph, namespace, *WORKLOADS):
        path = WORKLOADS[owner.type]
        try:
            template = mapping(at(owner.inputs, path) if path else owner.inputs, path)
            labels = mapping(at(template, "metadata.labels"), "metadata.labels")
            pod = EnginePod(f"{path}.spec".lstrip("."), mapping(at(template, "spec"), "spec"))
            found.extend((labels, engine) for _, _, engine in started(pod))
        except UndecidedError:
            continue
    return found
