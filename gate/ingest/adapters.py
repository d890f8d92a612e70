"""What others wrote, as records: state exports, previews and Kubernetes manifests."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from gate.core.errors import GateError
from gate.core.folders import STDIN, files_of
from gate.core.printable import one_line
from gate.ingest.bounds import Bounds, DamageError
from gate.ingest.manifest_text import documents
from gate.ingest.state_text import of_preview, of_state_export
from policies.engine.graph import Graph, Resource

_KIND = re.compile(r"[A-Za-z][A-Za-z0-9]{0,62}")
_API_VERSION = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]{0,252})/)?[a-z][a-z0-9]{0,62}")
_MARK = re.compile(r"\{\{|\{%|<%|\$\{")
"""What no name can hold, and templates of Helm, Jinja, ERB and envsubst do."""
_LONGEST = 80


def read_paths(paths: Sequence[Path]) -> Graph:
    """Every resource and object in files and folders.

    Raises:
        GateError: a file cannot be read or is nothing known; the problems of all files are listed.
    """
    problems: list[str] = []
    found: dict[str, Resource] = {}
    twice: Counter[str] = Counter()
    bounds = Bounds()
    for path in files_of(paths, problems):
        try:
            for resource in _resources(path, bounds):
                urn = resource.urn
                while urn in found:
                    twice[resource.urn] += 1
                    urn = f"{resource.urn}~{twice[resource.urn] + 1}"
                found[urn] = replace(resource, urn=urn) if urn != resource.urn else resource
        except DamageError as damage:
            problems.append(f"{path}: {damage}")
        except (OSError, RecursionError) as error:
            problems.append(f"{path}: cannot be read: {error}")
        if bounds.spent:
            break  # what comes after would only say so again
    if not problems and not found:
        problems.append("there is nothing to judge in these files")
    if problems:
        raise GateError("these files cannot be judged:", [one_line(problem) for problem in problems])
    return Graph(found.values())


def _resources(path: Path, bounds: Bounds) -> Iterator[Resource]:
    for document in documents(path, bounds):
        if document is None:
            continue
        if not isinstance(document, Mapping):
            raise DamageError(f"{_NEITHER} (expected a mapping, got {type(document).__name__})")
        if "kind" in document and "apiVersion" in document:
            yield from _objects(document, "stdin" if path == STDIN else str(path))
        elif "deployment" in document:
            yield from of_state_export(document, bounds)
        elif "steps" in document:
            yield from of_preview(document, bounds)
        elif path.stem == "kustomization":
            raise DamageError(_KUSTOMIZATION)
        else:
            raise DamageError(f"{_NEITHER} (no apiVersion and kind)")


_NEITHER = "is neither a state export, nor a preview, nor a Kubernetes object"
_KUSTOMIZATION = "a kustomization; build it first (kubectl kustomize) and judge the result"


def _objects(document: Mapping[str, Any], shown: str) -> Iterator[Resource]:
    kind, api_version = document["kind"], document["apiVersion"]
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        raise DamageError(f"kind: expected a name such as Deployment (got {_cut(kind)})")
    if not isinstance(api_version, str) or not _API_VERSION.fullmatch(api_version):
        raise DamageError(f"apiVersion: expected a version such as apps/v1 (got {_cut(api_version)})")
    if api_version.startswith("kustomize.config.k8s.io/"):
        raise DamageError(_KUSTOMIZATION)
    if kind == "List" or (kind.endswith("List") and "items" in document):
        yield from _items(document, kind, api_version, shown)
        return
    metadata = document.get("metadata")
    if not isinstance(metadata, Mapping | None):
        raise DamageError(f"{kind}: metadata: expected a mapping, got {type(metadata).__name__}")
    name = _named(metadata, kind, "name") or _named(metadata, kind, "generateName") or "unnamed"
    source = f"{shown}#{kind}/{_named(metadata, kind, 'namespace') or 'default'}/{name}"
    group = api_version if "/" in api_version else f"core/{api_version}"
    yield Resource(urn=source, type=f"kubernetes:{group}:{kind}", name=name, inputs=document, source=source)


def _items(document: Mapping[str, Any], kind: str, api_version: str, shown: str) -> Iterator[Resource]:
    items = document.get("items")
    if not isinstance(items, list):
        raise DamageError(f"items: expected a list, got {type(items).__name__}")
    for item in items:
        if not isinstance(item, Mapping):
            raise DamageError("items: expected objects")
        # Items of a typed list may leave out what the list says.
        said = {} if kind == "List" else {"apiVersion": api_version, "kind": kind.removesuffix("List")}
        filled = {**said, **item}
        if "kind" not in filled or "apiVersion" not in filled:
            raise DamageError("items: an object has no apiVersion or kind")
        yield from _objects(filled, shown)


def _named(metadata: Mapping[str, Any] | None, kind: str, key: str) -> str:
    value = (metadata or {}).get(key)
    if not isinstance(value, str | None):
        raise DamageError(f"{kind}: metadata.{key}: expected text, got {type(value).__name__}")
    if value and _MARK.search(value):
        raise DamageError(
            f"{kind}: metadata.{key}: {_cut(value)} is an unrendered template; render it first and judge the result"
        )
    return value or ""


def _cut(value: Any) -> str:
    if not isinstance(value, str):
        return type(value).__name__
    return repr(value) if len(value) <= _LONGEST else f"{repr(value[:_LONGEST])[:-1]}..."
