"""What must hold for the container that fetches a model's files: it verifies them, and has room to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.llm import engines
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, STORAGE_CONTAINER, components
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.pods import pod as pods
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Rule
from policies.engine.values import at, flag, mapping, mebibytes, sequence, text

_DIGEST: Final = "slipway.dev/artifact-digest"
_ANNOTATION: Final = f"metadata.annotations['{_DIGEST}']"
_VARIABLE: Final = "ARTIFACT_DIGEST"
_DOWNLOAD: Final = "storage-initializer"
_VERIFIES: Final = "slipway-verified"
_SHA256: Final = re.compile(r"sha256:[0-9a-f]{64}")
_S3: Final = "s3://"
_LEAST_MIB: Final = 2048


def _unverified(resource: Resource, graph: Graph) -> Iterable[str]:
    if resource.type in LLM:
        yield from _unverified_llm(resource, graph)
    elif resource.type == STORAGE_CONTAINER:
        yield from _unverified_container(resource)
    else:
        for part, component in components(resource):
            yield from _unverified_predictor(part, component, graph)


def _unverified_llm(service: Resource, graph: Graph) -> Iterator[str]:
    uri = text(at(service.inputs, "spec.model.uri"), "spec.model.uri")
    if not uri.startswith(_S3):
        return
    if flag(
        at(service.inputs, "spec.storageInitializer.enabled"), "storageInitializer.enabled", default=True
    ):
        yield "spec.storageInitializer.enabled: is not false: KServe's initializer fetches the files and verifies none"
        return
    record = text(mapping(at(service.inputs, "metadata.annotations")).get(_DIGEST), _DIGEST)
    for place, pod in engines(service, graph):
        found = _named(sequence(at(pod, "initContainers"), "initContainers"), _DOWNLOAD)
        if found is None:
            yield f"spec.{place}.initContainers: has no {_DOWNLOAD}, and nothing else fetches the files"
            continue
        where = f"spec.{place}.initContainers[{_DOWNLOAD}]"
        digest = text(at(_variable(found), "value"), _VARIABLE)
        if not _SHA256.fullmatch(digest):
            yield f"{where}.env[{_VARIABLE}]: is {digest or 'missing'}, no sha256 digest: what comes is not verified"
        elif digest != record:
            yield f"{where}.env[{_VARIABLE}]: is {digest}, the release record says {record or 'nothing'}"
        fetched = [text(word, "args") for word in sequence(at(found, "args"), "args")][:1]
        if fetched != [uri]:
            yield f"{where}.args: fetches {', '.join(fetched) or 'nothing'}, the model is at {uri}"


def _unverified_predictor(part: str, component: Mapping[str, Any], graph: Graph) -> Iterator[str]:
    uri = text(at(component, "model.storageUri"), "model.storageUri")
    if not uri.startswith(_S3):
        return
    fetcher = text(at(component, "storageContainerName"), "storageContainerName")
    if fetcher != _VERIFIES:
        yield (
            f"spec.{part}.storageContainerName: is {fetcher or 'not set'}, not {_VERIFIES}: what comes is not verified"
        )
    declared = [name_of(container) for container in graph.of_type(STORAGE_CONTAINER)]
    if fetcher and declared and fetcher not in declared:
        yield f"spec.{part}.storageContainerName: {fetcher} is not declared, and no pod of the model is admitted"
    digest = text(mapping(at(component, "annotations")).get(_DIGEST), _DIGEST)
    if not _SHA256.fullmatch(digest):
        yield f"spec.{part}.annotations[{_DIGEST}]: is {digest or 'missing'}, no sha256 digest to hold the files to"


def _unverified_container(container: Resource) -> Iterator[str]:
    if name_of(container) != _VERIFIES:
        return
    spec = mapping(at(container.inputs, "spec.container"), "spec.container")
    if pods.name_of(spec) != _DOWNLOAD:
        yield f"spec.container.name: is {pods.name_of(spec)}; KServe's webhook looks for {_DOWNLOAD}"
    path = text(at(_variable(spec), "valueFrom.fieldRef.fieldPath"), "fieldPath")
    if path != _ANNOTATION:
        yield f"spec.container.env[{_VARIABLE}]: is {path or 'not'} the pod's own annotation {_DIGEST}"


def _cramped(resource: Resource, graph: Graph) -> Iterable[str]:
    if resource.type == STORAGE_CONTAINER:
        container = mapping(at(resource.inputs, "spec.container"), "spec.container")
        yield from _cramped_container("spec.container", container)
        return
    for place, pod in engines(resource, graph):
        found = _named(sequence(at(pod, "initContainers"), "initContainers"), _DOWNLOAD)
        # What KServe merges its own resources into is judged by those: 1Gi, in the chart (v0.20.0).
        if found is not None:
            yield from _cramped_container(f"spec.{place}.initContainers[{_DOWNLOAD}]", found)


def _cramped_container(where: str, container: Mapping[str, Any]) -> Iterator[str]:
    limit = at(container, "resources.limits.memory")
    if limit is None:
        yield f"{where}.resources.limits.memory: is not set; a large model needs 2Gi to be fetched"
    elif mebibytes(limit, f"{where}.resources.limits.memory") < _LEAST_MIB:
        yield f"{where}.resources.limits.memory: is {limit}; a large model needs 2Gi to be fetched"


def _named(containers: Iterable[Any], name: str) -> Mapping[str, Any] | None:
    return next((c for raw in containers if pods.name_of(c := mapping(raw)) == name), None)


def _variable(container: Mapping[str, Any]) -> Mapping[str, Any]:
    entries = [mapping(raw) for raw in sequence(at(container, "env"), "env")]
    return next((entry for entry in entries if text(at(entry, "name"), "env.name") == _VARIABLE), {})


RULES: tuple[Rule, ...] = (
    Rule(
        id="downloads-verify-the-digest",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM, STORAGE_CONTAINER),
        why="Whoever can write to the bucket decides what answers, unless a server starts on the record's files only.",
        fix="Fetch with the download program, told the record's digest (components/models/download.py).",
        check=_unverified,
        reads_graph=True,
        house=True,
    ),
    Rule(
        id="download-containers-have-room",
        severity="high",
        applies_to=(*LLM, STORAGE_CONTAINER),
        why="The container that fetches the weights is killed at its limit, and the model never starts.",
        fix="Set resources.limits.memory of the download's container to 2Gi at least.",
        check=_cramped,
        reads_graph=True,
        house=True,
    ),
)
