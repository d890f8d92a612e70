"""What must hold for the container that fetches a model's files: it verifies them, and has room to."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from policies.analysis.kserve.llm import engines
from policies.analysis.kserve.model_hubs import variable_place
from policies.analysis.kserve.objects import INFERENCE_SERVICE, LLM, STORAGE_CONTAINER, components
from policies.analysis.kserve.placed_pods import placed
from policies.analysis.kubernetes.metadata import name_of
from policies.analysis.pods import pod as pods
from policies.engine.graph import Graph, Resource
from policies.engine.rule import Offence, Rule
from policies.engine.values import at, flag, mapping, mebibytes, sequence, text

_DIGEST: Final = "slipway.dev/artifact-digest"
_ANNOTATION: Final = f"metadata.annotations['{_DIGEST}']"
_VARIABLE: Final = "ARTIFACT_DIGEST"
_DOWNLOAD: Final = "storage-initializer"
_VERIFIES: Final = "slipway-verified"
_SHA256: Final = re.compile(r"sha256:[0-9a-f]{64}")
_S3: Final = "s3://"
_LEAST_MIB: Final = 2048


def _unverified(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.type in LLM:
        yield from _unverified_llm(resource, graph)
    elif resource.type == STORAGE_CONTAINER:
        yield from _unverified_container(resource)
    else:
        for part, component in components(resource):
            yield from _unverified_predictor(part, component, graph)


def _unverified_llm(service: Resource, graph: Graph) -> Iterator[Offence]:
    uri = text(at(service.inputs, "spec.model.uri"), "spec.model.uri")
    if not uri.startswith(_S3):
        return
    if flag(
        at(service.inputs, "spec.storageInitializer.enabled"), "storageInitializer.enabled", default=True
    ):
        yield Offence(
            path="spec.storageInitializer.enabled",
            problem="KServe's initializer fetches the files and verifies none",
            value=at(service.inputs, "spec.storageInitializer.enabled"),
            expected="must be false",
        )
        return
    record = text(mapping(at(service.inputs, "metadata.annotations")).get(_DIGEST), _DIGEST)
    for pod in placed(engines)(service, graph):
        found = _download(pod)
        if found is None:
            yield Offence(
                path=pod.below("initContainers"),
                problem=f"has no {_DOWNLOAD}, and nothing else fetches the files",
            )
            continue
        yield from _not_the_record(found, record, uri)


def _not_the_record(container: pods.Container, record: str, uri: str) -> Iterator[Offence]:
    digest = text(at(_variable(container.says), "value"), _VARIABLE)
    where = f"{container.path}.{variable_place(container.says, _VARIABLE)}"
    if not _SHA256.fullmatch(digest):
        yield Offence(
            path=where,
            problem=f"{digest or 'nothing'} is no sha256 digest: what comes is not verified",
            value=digest or None,
        )
    elif digest != record:
        yield Offence(
            path=where,
            problem=f"the release record says {record or 'nothing'}",
            value=digest,
            expected=record,
        )
    fetched = [text(word, "args") for word in sequence(at(container.says, "args"), "args")][:1]
    if fetched != [uri]:
        yield Offence(
            path=f"{container.path}.args[0]",
            problem=f"fetches {', '.join(fetched) or 'nothing'}, and the model is at {uri}",
            value=fetched[0] if fetched else None,
        )


def _unverified_predictor(part: str, component: Mapping[str, Any], graph: Graph) -> Iterator[Offence]:
    uri = text(at(component, "model.storageUri"), "model.storageUri")
    if not uri.startswith(_S3):
        return
    fetcher = text(at(component, "storageContainerName"), "storageContainerName")
    if fetcher != _VERIFIES:
        yield Offence(
            path=f"spec.{part}.storageContainerName",
            problem="what comes is not verified",
            value=fetcher or None,
            expected=_VERIFIES,
        )
    declared = [name_of(container) for container in graph.of_type(STORAGE_CONTAINER)]
    if fetcher and declared and fetcher not in declared:
        yield Offence(
            path=f"spec.{part}.storageContainerName",
            problem=f"{fetcher} is not declared, and no pod of the model is admitted",
            value=fetcher,
        )
    digest = text(mapping(at(component, "annotations")).get(_DIGEST), _DIGEST)
    if not _SHA256.fullmatch(digest):
        yield Offence(
            path=f"spec.{part}.annotations[{_DIGEST}]",
            problem=f"{digest or 'nothing'} is no sha256 digest to hold the files to",
            value=digest or None,
        )


def _unverified_container(container: Resource) -> Iterator[Offence]:
    if name_of(container) != _VERIFIES:
        return
    spec = mapping(at(container.inputs, "spec.container"), "spec.container")
    if pods.name_of(spec) != _DOWNLOAD:
        yield Offence(
            path="spec.container.name",
            problem="KServe's webhook looks for another one",
            value=pods.name_of(spec),
            expected=_DOWNLOAD,
        )
    path = text(at(_variable(spec), "valueFrom.fieldRef.fieldPath"), "fieldPath")
    if path != _ANNOTATION:
        yield Offence(
            path=f"spec.container.{variable_place(spec, _VARIABLE)}",
            problem=f"{path or 'nothing'} is not the pod's own annotation {_DIGEST}",
            value=path or None,
            expected=_ANNOTATION,
        )


def _cramped(resource: Resource, graph: Graph) -> Iterable[Offence]:
    if resource.type == STORAGE_CONTAINER:
        container = mapping(at(resource.inputs, "spec.container"), "spec.container")
        yield from _cramped_container("spec.container", container)
        return
    for pod in placed(engines)(resource, graph):
        found = _download(pod)
        # What KServe merges its own resources into is judged by those: 1Gi, in the chart (v0.20.0).
        if found is not None:
            yield from _cramped_container(found.path, found.says)


def _cramped_container(where: str, container: Mapping[str, Any]) -> Iterator[Offence]:
    path, limit = f"{where}.resources.limits.memory", at(container, "resources.limits.memory")
    if limit is None or mebibytes(limit, path) < _LEAST_MIB:
        yield Offence(
            path=path,
            problem="is not set" if limit is None else f"{limit} is little",
            value=limit,
            expected="a large model needs 2Gi to be fetched",
        )


def _download(pod: pods.Pod) -> pods.Container | None:
    """The pod's container that fetches the files, among those that run before the others."""
    listed = sequence(at(pod.spec, "initContainers"), "initContainers")
    if not any(pods.name_of(mapping(raw)) == _DOWNLOAD for raw in listed):
        return None
    return next(container for container in pod.containers() if container.name == _DOWNLOAD)


def _variable(container: Mapping[str, Any]) -> Mapping[str, Any]:
    entries = [mapping(raw) for raw in sequence(at(container, "env"), "env")]
    return next((entry for entry in entries if text(at(entry, "name"), "env.name") == _VARIABLE), {})


PLATFORM: tuple[Rule, ...] = (
    Rule(
        id="downloads-verify-the-digest",
        severity="high",
        applies_to=(*INFERENCE_SERVICE, *LLM, STORAGE_CONTAINER),
        why="Whoever can write to the bucket decides what answers, unless a server starts on the record's files only.",
        fix="Fetch with the download program, told the record's digest (components/models/download.py).",
        check=_unverified,
        reads_graph=True,
    ),
    Rule(
        id="download-containers-have-room",
        severity="high",
        applies_to=(*LLM, STORAGE_CONTAINER),
        why="The container that fetches the weights is killed at its limit, and the model never starts.",
        fix="Set resources.limits.memory of the download's container to 2Gi at least.",
        check=_cramped,
        reads_graph=True,
    ),
)
